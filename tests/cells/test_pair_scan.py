"""One scan for many pair passes gives each the bytes that its own would."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import numpy as np
import pandas as pd
import pytest

from evaluation.cells import pair_bits, pair_scan
from evaluation.cells.engines.duckdb import relation_of_frame
from evaluation.cells.pair_bits import Bits, bit_sums
from evaluation.cells.pair_pass import run_pair_passes
from evaluation.cells.pair_products import AtPoints, pair_sums
from evaluation.cells.plan import Flag, PairPass, Plan, Quantity, UnitPass
from evaluation.cells.settings import Settings
from evaluation.cells.words import BITS, Words, highest_bit, lowest_bit, unit_words, unpacked
from evaluation.data.moments import PairCells
from evaluation.data.periods import Calendar
from evaluation.spec.filters import Filter

FLAGS = (
    Flag("ad_post", "design.reform_date", from_period=2015 * 12 + 5),
    Flag("ad_third", "design.third", (Filter(column="young", equals=1),)),
    Flag("ad_keep_a", "models.a.keep", (Filter(column="exit", missing=False),)),
    Flag("ad_keep_b", "models.b.keep", (Filter(column="exit", missing=False),)),
    Flag("ad_keep_c", "models.c.keep", (Filter(column="age", at_most=320),)),
)
PLAN = Plan(
    (), FLAGS, (), (), UnitPass("person", "ym"), None, (), (), time="ym",
    calendar=Calendar("month", 1),
)  # fmt: skip
Y, EXIT, DOSE = Quantity("y", "y"), Quantity("exit", "exit"), Quantity("dose", "dose")
ZERO, KNOWN = Quantity("exit", "exit", gap="zero"), Quantity("known", "exit", gap="known")


def pair_pass(
    at: int, *quantities: Quantity, post: bool = False, third: bool = False, flags: str = "",
    point: str = "age",
) -> PairPass:  # fmt: skip
    """Return a pass; ``flags`` are the models whose rows it keeps, a letter each."""
    return PairPass(
        f"pairs_{at}", point, "ad_post" if post else None,
        tuple("ad_post" if one == "p" else f"ad_keep_{one}" for one in flags), quantities,
        "ad_third" if third else None,
    )  # fmt: skip


PASSES = (
    pair_pass(1, Y),
    pair_pass(2, EXIT, post=True, flags="a"),
    pair_pass(3, Y, EXIT, post=True, third=True, flags="b"),
    pair_pass(4, Y, third=True, flags="pc"),
    pair_pass(5, Y, ZERO, KNOWN, post=True),
    pair_pass(6, EXIT, third=True),
    pair_pass(7, Y, point="quarter"),
    pair_pass(8, DOSE, post=True),
)


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    """Persons whose months and ages go together, with gaps; values and groups that lack."""
    draw = np.random.default_rng(3)
    person, month = np.nonzero(draw.random((200, 12)) < 0.8)
    rows = pd.DataFrame({"person": person, "ym": 201501 + month, "age": 290 + month + person % 70})
    rows["quarter"] = rows["age"] // 3
    rows["y"] = (draw.random(len(rows)) < 0.4).astype(int)
    rows["exit"] = np.where(draw.random(len(rows)) < 0.3, draw.random(len(rows)) < 0.5, np.nan)
    rows["young"] = np.where(person % 13 == 0, np.nan, person % 2)
    rows["dose"] = draw.integers(0, 900, len(rows))
    return rows.sample(frac=1, random_state=1).reset_index(drop=True)


def same_bytes(one: PairCells, other: PairCells) -> bool:
    """Whether two are equal in values, types and shapes."""

    def plain(value: object) -> object:
        return (
            (value.dtype, value.shape, value.tobytes()) if isinstance(value, np.ndarray) else value
        )

    return all(
        plain(getattr(one, field.name)) == plain(getattr(other, field.name))
        for field in fields(PairCells)
    )


@pytest.fixture(scope="module")
def alone(frame: pd.DataFrame) -> dict[str, PairCells]:
    """The pair cells of every pass from its own scan."""
    settings = Settings(threads=1)
    relation = relation_of_frame(frame, {}, settings)
    return {one.name: run_pair_passes(relation, PLAN, (one,), settings)[one.name] for one in PASSES}


@pytest.mark.parametrize("threads", [1, 4])
def test_passes_that_share_a_scan_have_the_bytes_of_single_ones(
    frame: pd.DataFrame, alone: dict[str, PairCells], threads: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    scans: list[int] = []

    def counted(*given: Any, **named: Any) -> Words:
        scans.append(len(given[6]))
        return unit_words(*given, **named)

    monkeypatch.setattr(pair_scan, "unit_words", counted)
    settings = Settings(threads=threads)
    relation = relation_of_frame(frame, {}, settings)
    found = run_pair_passes(relation, PLAN, PASSES, settings)
    assert list(found) == [one.name for one in PASSES]
    for name, pairs in alone.items():
        assert pairs.units > 0
        assert same_bytes(found[name], pairs), name
    # Months of one quarter repeat a unit: its words are read, and then its rows.
    assert len(scans) == 2
    # Two flags on either side, two keeps (a and b mean the same), a known exit, and four values.
    assert scans[0] == 4 + 2 + 1 + 4


def test_pairs_of_a_shared_scan_are_sums_over_persons(
    frame: pd.DataFrame, alone: dict[str, PairCells]
) -> None:
    kept = frame.dropna(subset=["exit", "young"])
    pairs = alone["pairs_3"]
    assert pairs.third is not None
    part = (kept["ym"] >= 201506).astype(int) * 2 + kept["young"].astype(int)
    points = pd.MultiIndex.from_arrays([pairs.running, pairs.post * 2 + pairs.third])
    place = points.get_indexer(pd.MultiIndex.from_arrays([kept["age"], part]))
    assert set(place) == set(range(len(points)))
    tables = []
    for values in (np.ones(len(kept)), kept["y"], kept["exit"]):
        tables.append(np.zeros((200, len(points))))
        np.add.at(tables[-1], (kept["person"], place), values)
    assert np.array_equal(pairs.products, [[a.T @ b for b in tables] for a in tables])


def test_rows_at_one_point_before_and_after_the_reform_are_parted(frame: pd.DataFrame) -> None:
    """A running variable that never changes: a unit has one row at it on either side."""
    two = frame[frame["ym"].isin([201502, 201509])].assign(birth=lambda rows: rows["person"] % 20)
    settings = Settings(threads=2)
    relation = relation_of_frame(two, {}, settings)
    passes = (pair_pass(1, Y, post=True, point="birth"), pair_pass(2, Y, point="birth"))
    found = run_pair_passes(relation, PLAN, passes, settings)
    after = two["ym"] == 201509
    place = two["birth"] * 2 + after
    tables = []
    for values in (np.ones(len(two)), two["y"]):
        tables.append(np.zeros((200, 40)))
        np.add.at(tables[-1], (two["person"], place), values)
    parted = np.array([[a.T @ b for b in tables] for a in tables])
    assert np.array_equal(found["pairs_1"].products, parted)
    both = [table[:, ::2] + table[:, 1::2] for table in tables]
    assert np.array_equal(found["pairs_2"].products, [[a.T @ b for b in both] for a in both])
    successive = found["pairs_2"].successive
    assert successive is not None
    assert np.array_equal(np.diag(successive), np.count_nonzero(both[0], axis=0))


@pytest.mark.parametrize("alike", [7, 2**13])
def test_products_over_units_seen_alike_are_those_over_all(
    alike: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pair_bits, "ALIKE", alike)
    draw = np.random.default_rng(8)
    unit, kind = np.nonzero(draw.random((90, 5)) < 0.5)
    shuffled = draw.permutation(len(unit))
    unit, kind = unit[shuffled], kind[shuffled]
    seen = draw.integers(1, 2**62, len(unit)) & draw.integers(1, 2**62, len(unit)) | 2**7
    layers = (seen, seen & draw.integers(0, 2**62, len(unit)))
    at = draw.permutation(5 * BITS).reshape(5, BITS)
    point = np.sort(at, axis=1)
    part = np.empty(5 * BITS, dtype=np.int64)
    part[point] = np.array([0, 1, 0, 2, 1])[:, None]
    # Points of a part are ascending in its kinds, as ages are.
    dense = np.zeros((90, 2, 5 * BITS), dtype=np.int64)
    for layer, words in enumerate(layers):
        dense[unit[:, None], layer, point[kind]] = unpacked(words)
    wanted = pair_sums(AtPoints(90, 2, 5 * BITS, 1, lambda low, high: dense[low:high], part))
    found = bit_sums(Bits(unit, kind, layers, point, part))
    assert found.units == len(np.unique(unit)) == wanted.units
    assert found.apart is not None and wanted.apart is not None
    for name in ("products", "successive", "apart"):
        assert getattr(found, name).tobytes() == getattr(wanted, name).tobytes(), name


def test_first_and_last_bits_are_those_of_whole_numbers() -> None:
    words = [1, 2, 3, 2**61, 2**62 - 1, 2**53 + 1, 2**54 - 1, 0b1011000, 2**61 + 2**40]
    assert list(highest_bit(np.array(words))) == [word.bit_length() - 1 for word in words]
    assert list(lowest_bit(np.array(words))) == [(word & -word).bit_length() - 1 for word in words]
