"""Columns whose gaps leave no row out, in pair cells: 0 where missing, and where they are known."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from evaluation.cells.engines import engine_of
from evaluation.cells.engines.duckdb import relation_of_frame
from evaluation.cells.pair_pass import run_pair_passes
from evaluation.cells.pair_text import pair_select
from evaluation.cells.plan import PairPass, Plan, Quantity, UnitPass
from evaluation.cells.settings import Settings
from evaluation.cells.store.answer import same_quantity
from evaluation.cells.store.pairs import pairs_of_frame
from evaluation.cells.store.plain import from_plain, to_plain
from evaluation.data.periods import Calendar

PLAN = Plan(
    (), (), (), (), UnitPass("person", "ym"), None, (), (), time="ym",
    calendar=Calendar("month", 1),
)  # fmt: skip
PASS = PairPass(
    "pairs_1", "age", None, (),
    (
        Quantity("y", "y"),
        Quantity("entry", "entry", gap="zero"),
        Quantity("known_entry", "entry", gap="known"),
    ),
)  # fmt: skip


def rows(kind: str) -> pd.DataFrame:
    draw = np.random.default_rng(4)
    person, month = np.nonzero(draw.random((60, 9)) < 0.8)
    frame = pd.DataFrame({"person": person, "ym": 201501 + month, "age": 300 + month + person % 3})
    frame["y"] = (draw.random(len(frame)) < 0.4).astype(int)
    event = draw.random(len(frame)) < 0.3
    known = draw.random(len(frame)) < 0.6
    frame["entry"] = np.where(known, event, np.nan) * {"events": 1, "amounts": 1.37}[kind]
    return frame.sample(frac=1, random_state=1)


def brute(frame: pd.DataFrame, points: np.ndarray) -> np.ndarray:
    parts = {
        "one": np.ones(len(frame)), "y": frame["y"], "entry": frame["entry"].fillna(0.0),
        "known": frame["entry"].notna().astype(float),
    }  # fmt: skip
    tables = []
    for values in parts.values():
        table = np.zeros((frame["person"].max() + 1, len(points)))
        np.add.at(table, (frame["person"], np.searchsorted(points, frame["age"])), values)
        tables.append(table)
    return np.array([[a.T @ b for b in tables] for a in tables])


@pytest.mark.parametrize("kind", ["events", "amounts"])
def test_pairs_hold_gaps_as_zero_and_say_where_they_are(kind: str) -> None:
    frame = rows(kind)
    settings = Settings(threads=1)
    relation = relation_of_frame(frame, {}, settings)
    built = run_pair_passes(relation, PLAN, (PASS,), settings)[PASS.name]
    select = engine_of(relation).fetch(
        relation, pair_select(relation, PLAN, PASS, "person"), settings
    )
    read = pairs_of_frame(select.to_pandas(), built.variables, PASS.name)
    assert built.variables == ("one", "y", "entry", "known_entry")
    for found in (built, read):
        wanted = brute(frame, found.running)
        taken = np.array([found.centre(name) for name in found.variables])
        half = found.products + taken[:, None, None, None] * found.products[:1]
        assert np.allclose(half + taken[None, :, None, None] * half[:, :1], wanted, atol=1e-9)
        assert np.array_equal(found.products[0, 0], wanted[0, 0])  # no row left


def test_a_column_with_gaps_is_another_sum() -> None:
    plain, zero, known = (Quantity("x", "x", gap=gap) for gap in (None, "zero", "known"))
    assert same_quantity(zero, Quantity("z", "x", gap="zero"))
    assert not any(same_quantity(plain, one) for one in (zero, known))
    assert from_plain(PairPass, to_plain(PASS)) == PASS
