"""Pair cells against sums over persons, one by one."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from evaluation.cells import pair_products, pair_rows
from evaluation.cells.engines.duckdb import relation_of_frame
from evaluation.cells.pair_pass import run_pair_passes
from evaluation.cells.plan import Flag, PairPass, Plan, Quantity, UnitPass
from evaluation.cells.settings import Settings
from evaluation.cells.store.pairs import frame_of_pairs, pairs_of_frame
from evaluation.data.moments import PairCells
from evaluation.data.periods import Calendar
from evaluation.errors import DataError
from evaluation.inference.pair_variance import pair_covariance
from evaluation.spec.filters import Filter


def ages(seed: int, persons: int = 300, points: int = 90) -> pd.DataFrame:
    """Persons seen at runs of ages with gaps; outcomes that persist within a person."""
    rng = np.random.default_rng(seed)
    rows = []
    for person in range(persons):
        first, last = sorted(rng.integers(0, points, 2))
        taste = rng.normal()
        for age in range(int(first), int(last) + 1):
            if rng.random() < 0.2:
                continue
            rows.append((person, 201500 + 1, 300 + age, taste + rng.normal()))
    frame = pd.DataFrame(rows, columns=["person", "ym", "age", "latent"])
    frame["ym"] = 201501 + (frame["age"] + frame["person"] * 7) % 12
    frame["y"] = (frame["latent"] > 0).astype(int)
    frame["t"] = (rng.random(len(frame)) < 0.4).astype(int)
    frame["nok"] = np.rint(1000 * np.abs(frame["latent"])).astype(int)
    return frame.sample(frac=1, random_state=seed).reset_index(drop=True)


def plan(*conditions: Flag) -> Plan:
    """Return a plan whose sample is all rows."""
    return Plan(
        (), conditions, (), (), UnitPass("person", "ym"), None, (), (),
        time="ym", calendar=Calendar("month", 1),
    )  # fmt: skip


def pairs_of(
    frame: pd.DataFrame, names: tuple[str, ...], post: str | None = None,
    flags: tuple[Flag, ...] = (), asked: tuple[str, ...] = (), threads: int = 2,
    third: str | None = None,
) -> PairCells:  # fmt: skip
    """Return the pair cells of a frame."""
    settings = Settings(threads=threads)
    relation = relation_of_frame(frame, {}, settings)
    quantities = tuple(Quantity(name, name) for name in names)
    one = PairPass("pairs_1", "age", post, asked, quantities, third)
    return run_pair_passes(relation, plan(*flags), (one,), settings)[one.name]


def brute(frame: pd.DataFrame, names: tuple[str, ...], points: np.ndarray) -> np.ndarray:
    """Return the sums over persons of products at two points, one person at a time."""
    values = frame.assign(one=1)
    place = {point: at for at, point in enumerate(points)}
    size = len(names) + 1
    total = np.zeros((size, size, len(points), len(points)))
    for _, rows in values.groupby("person"):
        held = np.zeros((size, len(points)))
        at = rows["age"].map(place).to_numpy()
        for j, name in enumerate(("one", *names)):
            np.add.at(held[j], at, rows[name].to_numpy(float))
        total += np.einsum("va,wb->vwab", held, held)
    return total


def test_pairs_of_bits_are_the_sums_over_persons() -> None:
    frame = ages(1)
    found = pairs_of(frame, ("y", "t"))
    assert found.variables == ("one", "y", "t")
    assert np.array_equal(found.running, np.sort(frame["age"].unique()))
    assert np.array_equal(found.products, brute(frame, ("y", "t"), found.running))
    assert found.units == frame["person"].nunique()
    assert np.all(found.post == -1)


def test_units_in_any_run_of_points_follow_from_successive_points() -> None:
    frame = ages(2, persons=80, points=30)
    found = pairs_of(frame, ("y",))
    assert found.successive is not None
    for low in range(0, 25, 3):
        for high in range(low, 30, 4):
            run = found.successive[low : high + 1, low : high + 1]
            seen = frame["age"].between(found.running[low], found.running[high])
            assert 2 * np.trace(run) - run.sum() == frame.loc[seen, "person"].nunique()


@pytest.mark.parametrize("value", ["nok", "latent"])
def test_pairs_of_amounts_come_from_rows(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pair_rows, "MOST_ROWS", 2000)
    monkeypatch.setattr(pair_products, "CHUNK", 5000)
    frame = ages(3)
    found = pairs_of(frame, (value, "t"))
    wanted = brute(
        frame.assign(**{value: frame[value] - found.centre("y")}), (value, "t"), found.running
    )
    scale = np.sqrt(np.einsum("vvaa->va", wanted))
    bound = 1e-13 * np.einsum("va,wb->vwab", scale, scale)
    assert np.all(np.abs(found.products - wanted) <= bound)
    if value == "nok":
        assert np.array_equal(found.products, wanted)
    same = pairs_of(frame.sample(frac=1, random_state=9), (value, "t"), threads=4)
    assert np.array_equal(found.products, same.products)


def test_shares_of_units_named_by_text_hold_whole_units(monkeypatch: pytest.MonkeyPatch) -> None:
    frame = ages(8, persons=100, points=30)
    whole = pairs_of(frame, ("nok",))
    monkeypatch.setattr(pair_rows, "MOST_ROWS", 300)
    named = pairs_of(frame.assign(person="p" + frame["person"].astype(str)), ("nok",))
    assert np.array_equal(named.products, whole.products)
    assert named.successive is not None
    assert np.array_equal(named.successive, whole.successive)
    assert named.units == whole.units


def test_rows_at_one_point_are_added_up_and_null_rows_left_out() -> None:
    frame = ages(4, persons=60, points=20)
    twice = pd.concat([frame, frame.iloc[:40]], ignore_index=True)
    found = pairs_of(twice, ("y",))
    assert np.array_equal(found.products, brute(twice, ("y",), found.running))
    holes = frame.astype({"y": float})
    holes.loc[holes.index % 5 == 0, "y"] = np.nan
    left = pairs_of(holes, ("y",))
    assert np.array_equal(left.products, brute(holes.dropna(), ("y",), left.running))


def test_the_reform_parts_points_and_flags_choose_rows() -> None:
    frame = ages(5, persons=120, points=40)
    after = Flag("ad_post", "design.reform_date", from_period=201506 // 100 * 12 + 5)
    young = Flag("ad_keep_a", "models.a.keep", (Filter(column="age", at_most=320),))
    for name in ("y", "latent"):
        found = pairs_of(frame, (name,), post="ad_post", flags=(after, young), asked=("ad_keep_a",))
        kept = frame[frame["age"] <= 320]
        side = (kept["ym"] >= 201506).astype(int)
        parted = kept.assign(age=kept["age"] + 1000 * side)
        points = found.running + 1000 * found.post
        assert set(points) == set(parted["age"])
        wanted = brute(parted.assign(**{name: parted[name] - found.centre("y")}), (name,), points)
        assert np.allclose(found.products, wanted, rtol=1e-13, atol=1e-9)
        assert np.array_equal(np.lexsort((found.post, found.running)), np.arange(len(points)))


@pytest.mark.parametrize("name", ["y", "latent"])
def test_groups_part_points_and_units_are_counted_inside_each_part(name: str) -> None:
    """A person's group may change; rows of no known group are left out."""
    frame = ages(9, persons=150, points=30)
    frame["young"] = frame["t"].where(frame["age"] % 11 != 0)
    after = Flag("ad_post", "design.reform_date", from_period=201506 // 100 * 12 + 5)
    group = Flag("ad_third", "design.third", (Filter(column="young", equals=1),))
    found = pairs_of(frame, (name,), "ad_post", (after, group), third="ad_third")
    assert found.third is not None and found.apart is not None and found.successive is not None
    kept = frame.dropna(subset="young")
    part = 2 * (kept["ym"] >= 201506).astype(int) + kept["young"].astype(int)
    parted = kept.assign(age=kept["age"] + 1000 * part)
    of_point = 2 * found.post + found.third
    assert np.array_equal(np.lexsort((of_point, found.running)), np.arange(len(of_point)))
    points = found.running + 1000 * of_point
    wanted = brute(parted.assign(**{name: parted[name] - found.centre("y")}), (name,), points)
    assert np.allclose(found.products, wanted, rtol=1e-13, atol=1e-9)
    for one in range(4):
        at = np.flatnonzero(of_point == one)
        for low, high in ((0, 5), (7, 20), (3, len(at) - 1)):
            run = found.apart[np.ix_(at[low : high + 1], at[low : high + 1])]
            seen = parted["age"].isin(points[at[low : high + 1]])
            assert 2 * np.trace(run) - run.sum() == parted.loc[seen, "person"].nunique()
    run = found.successive
    assert 2 * np.trace(run) - run.sum() == kept["person"].nunique() == found.units
    read = pairs_of_frame(frame_of_pairs(found), found.variables, "pairs_1")
    for part_of in ("post", "third", "successive", "apart", "products"):
        assert np.array_equal(getattr(read, part_of), getattr(found, part_of)), part_of
    only = pairs_of(frame, (name,), flags=(group,), third="ad_third")
    assert np.all(only.post == -1) and set(only.third) == {0, 1}


def test_no_rows_are_no_pairs_and_many_points_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    frame = ages(6, persons=20, points=20)
    gone = Flag("ad_keep_a", "models.a.keep", (Filter(column="age", above=9999),))
    for name in ("y", "latent"):
        none = pairs_of(frame, (name,), flags=(gone,), asked=("ad_keep_a",))
        assert (none.units, none.products.shape) == (0, (2, 2, 0, 0))
        kept = pairs_of_frame(frame_of_pairs(none), none.variables, "pairs_1")
        assert kept.units == 0 and len(kept.running) == 0
    monkeypatch.setattr("evaluation.cells.pair_pass.LARGEST", 100)
    with pytest.raises(DataError, match="too many for products"):
        pairs_of(frame, ("y",))


def local_linear(x: np.ndarray, h: float, donut: float) -> np.ndarray:
    """Return the weights of outcomes by row in a local-linear jump, triangular kernel."""
    kernel = np.maximum(1 - np.abs(x) / h, 0.0) * (np.abs(x) >= donut)
    design = np.column_stack([np.ones(len(x)), x, x >= 0, x * (x >= 0)])
    gram = design.T @ (design * kernel[:, None])
    return np.linalg.solve(gram, (design * kernel[:, None]).T)


def test_variance_by_person_follows_for_every_bandwidth_donut_and_cutoff() -> None:
    frame = ages(7, persons=20_000, points=40).astype({"y": float})
    found = pairs_of(frame, ("y",))
    person, y = frame["person"].to_numpy(), frame["y"].to_numpy()
    asked = ((6, 0, 318), (9, 0, 320), (9, 1, 320), (12, 2, 322), (15, 1, 317), (18, 0, 321))
    for h, donut, cutoff in asked:
        x = frame["age"].to_numpy(float) - cutoff
        rows = local_linear(x, h, donut)
        beta = rows @ y
        basis = np.column_stack([np.ones(len(x)), x, x >= 0, x * (x >= 0)])
        scores = np.bincount(person, rows[2] * (y - basis @ beta))
        at = found.running - cutoff
        place = np.searchsorted(found.running, frame["age"])
        influence = np.zeros((1, 2, len(at)))
        influence[0, 1, place] = rows[2]
        points = np.column_stack([np.ones(len(at)), at, at >= 0, at * (at >= 0)])
        influence[0, 0] = -influence[0, 1] * (points @ beta)
        variance = pair_covariance(found.products, influence)[0, 0]
        assert variance == pytest.approx(float(scores @ scores), rel=1e-12)
