"""Scores summed by any cluster against the rows in pandas."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from evaluation.cells.cell_pass import run_cell_pass
from evaluation.cells.engines.duckdb import relation_of_files, relation_of_frame
from evaluation.cells.plan import CellPass, Flag, Plan, Quantity
from evaluation.cells.second_pass import open_second_pass
from evaluation.cells.settings import Settings
from evaluation.data.moments import ScoreParts
from evaluation.data.periods import Calendar
from evaluation.errors import DataError
from evaluation.spec.filters import Filter

SETTINGS = Settings()
OUTCOME, CONTROL, AGE = Quantity("y", "y"), Quantity("x", "x"), Quantity("age", "age")
ONE = CellPass("cells_1", ("muni", "ym", "ad_treated"), (OUTCOME, CONTROL, AGE), ((0, 0),))
FLAG = Flag("ad_treated", "design.treated", (Filter(column="age", below=360),))
PLAN = Plan((), (FLAG,), (ONE,), (), None, None, (), (), "ym", Calendar("month", 1))


def panel(seed: int = 0, rows: int = 900) -> pd.DataFrame:
    draw = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {
            "person": draw.integers(0, 80, rows),
            "office": draw.choice(np.array(["n", "s", "w"], dtype=object), rows),
            "muni": draw.choice(np.array(["a", "b", None], dtype=object), rows),
            "ym": draw.choice([201612, 201701, 201702], rows),
            "age": draw.integers(300, 420, rows),
            "y": np.round(draw.normal(250_000, 90_000, rows)),
            "x": draw.normal(2015, 2, rows),
            "w": draw.uniform(0, 3, rows),
        }
    )
    frame.loc[draw.random(rows) < 0.05, "y"] = np.nan
    frame.loc[draw.random(rows) < 0.05, "x"] = np.nan
    frame.loc[draw.random(rows) < 0.05, "w"] = np.nan
    return frame


def parts_for(cells: int, names: tuple[str, ...], seed: int = 1) -> ScoreParts:
    """Return parts in which levels and slopes nearly cancel, as demeaned regressors do."""
    draw = np.random.default_rng(seed)
    slope = draw.normal(size=(len(names), 3))
    centre = np.array([{"x": 2015.0, "age": 360.0}[name] for name in names])
    level = draw.normal(size=(cells, 3)) - centre @ slope if names else draw.normal(size=(cells, 3))
    gamma = draw.normal(size=len(names))
    fitted = draw.normal(250_000, 9_000, cells) - (float(centre @ gamma) if names else 0.0)
    return ScoreParts(names, fitted, gamma, level, slope)


def brute(
    frame: pd.DataFrame, table: Any, cells: Any, parts: ScoreParts, by: list[str], weight: bool
) -> tuple[np.ndarray, np.ndarray]:
    """Return the sum of outer products and the rows of each cluster, row by row."""
    known = table.frame.iloc[cells].reset_index(drop=True)
    known["cell"] = np.arange(len(cells))
    lacks = frame["y"].isna() + 2 * frame["x"].isna()
    if weight:
        lacks = lacks + 8 * (frame["w"].isna() | (frame["w"] <= 0))
    rows = frame.assign(ad_missing=lacks, ad_treated=(frame["age"] < 360).astype(int))
    keys = ["muni", "ym", "ad_treated", "ad_missing"]
    for one in (rows, known):
        one["muni"] = one["muni"].astype(object).where(one["muni"].notna(), "?")
    rows = rows.merge(known[[*keys, "cell"]], on=keys)
    v = rows[list(parts.names)].to_numpy(float).reshape(len(rows), len(parts.names))
    cell = rows["cell"].to_numpy()
    residual = rows["y"].to_numpy() - parts.fitted[cell] - v @ parts.gamma
    residual *= rows["w"].to_numpy() if weight else 1.0
    score = (parts.level[cell] + v @ parts.slope) * residual[:, None]
    code = rows.groupby(by, sort=True).ngroup().to_numpy() if by else np.arange(len(rows))
    total = np.zeros((code.max() + 1, score.shape[1]))
    np.add.at(total, code, score)
    return total.T @ total, np.bincount(code)


@pytest.fixture
def relate(tmp_path: Path) -> Any:
    def made(frame: pd.DataFrame) -> Any:
        frame.to_parquet(tmp_path / "rows.parquet", index=False)
        return relation_of_files([tmp_path / "rows.parquet"], frame.columns, {}, SETTINGS)

    return made


@pytest.mark.parametrize("weight", [None, "w"])
@pytest.mark.parametrize("by", [["person"], ["office", "person"], []], ids=str)
@pytest.mark.parametrize("names", [(), ("x",), ("age", "x")], ids=str)
def test_outer_products_of_scores(
    tmp_path: Path, names: tuple[str, ...], by: list[str], weight: str | None
) -> None:
    frame = panel()
    relation = relation_of_frame(frame, {}, SETTINGS)
    plan = replace(PLAN, weight=weight)
    table = run_cell_pass(relation, plan, ONE, SETTINGS)
    # Some cells of those with everything known, in an order of the model's own.
    cells = np.flatnonzero(table.frame["ad_missing"] == 0)[::-1][1:]
    parts = parts_for(len(cells), names)
    opened = open_second_pass(relation, plan, table, SETTINGS, OUTCOME).narrowed(cells)
    found = opened.meat(tuple(by), parts)
    wanted, sizes = brute(frame, table, cells, parts, by, weight is not None)
    scale = np.sqrt(np.outer(np.diag(wanted), np.diag(wanted)))
    assert np.abs(found.matrix - wanted).max() <= 1e-12 * scale.max()
    assert (np.abs(found.matrix - wanted) / scale).max() < 1e-11
    assert found.clusters == len(sizes)
    assert found.effective == pytest.approx(sizes.sum() ** 2 / (sizes**2).sum(), rel=1e-12)
    assert found.largest == pytest.approx(sizes.max() / sizes.sum(), rel=1e-12)


def test_narrowed_twice_counts_positions_of_the_first(relate: Any) -> None:
    frame = panel()
    relation = relate(frame)
    table = run_cell_pass(relation, PLAN, ONE, SETTINGS)
    cells = np.flatnonzero(table.frame["ad_missing"] == 0)
    opened = open_second_pass(relation, PLAN, table, SETTINGS, OUTCOME)
    some = np.array([4, 0, 3])
    parts = parts_for(3, ("x",))
    twice = opened.narrowed(cells).narrowed(some).meat(("person",), parts)
    once = opened.narrowed(cells[some]).meat(("person",), parts)
    assert (twice.matrix == once.matrix).all()
    wanted, sizes = brute(frame, table, cells[some], parts, ["person"], False)
    np.testing.assert_allclose(twice.matrix, wanted, rtol=1e-9)
    assert twice.clusters == len(sizes)


def test_the_same_bytes_on_any_number_of_threads_and_in_any_order(tmp_path: Path) -> None:
    frame = panel(rows=20_000)
    made = []
    for threads, rows in ((1, frame), (2, frame), (4, frame.sample(frac=1, random_state=1))):
        files = []
        for at, part in enumerate(np.array_split(np.arange(len(rows)), 4)):
            files.append(tmp_path / f"{threads}_{at}.parquet")
            rows.iloc[part].to_parquet(files[-1], index=False)
        settings = Settings(threads=threads)
        relation = relation_of_files(files, frame.columns, {}, settings)
        table = run_cell_pass(relation, PLAN, ONE, settings)
        cells = np.flatnonzero(table.frame["ad_missing"] == 0)
        parts = parts_for(len(cells), ("age",))
        opened = open_second_pass(relation, PLAN, table, settings, OUTCOME).narrowed(cells)
        made.append([opened.meat(by, parts).matrix for by in (("person",), ())])
    for other in made[1:]:
        for ours, theirs in zip(made[0], other, strict=True):
            assert ours.tobytes() == theirs.tobytes()


def test_what_is_refused(relate: Any) -> None:
    frame = panel()
    frame.loc[frame["person"] == 7, "office"] = None
    relation = relate(frame)
    table = run_cell_pass(relation, PLAN, ONE, SETTINGS)
    cells = np.flatnonzero(table.frame["ad_missing"] == 0)
    opened = open_second_pass(relation, PLAN, table, SETTINGS, OUTCOME).narrowed(cells)
    known = frame["y"].notna() & frame["x"].notna()
    lacking = int(((frame["person"] == 7) & known).sum())
    with pytest.raises(DataError, match=f"cluster office: is missing in {lacking} rows"):
        opened.meat(("office",), parts_for(len(cells), ()))
    with pytest.raises(DataError, match="no column 'household'"):
        opened.meat(("household",), parts_for(len(cells), ()))
    with pytest.raises(DataError, match="does not hold 'z'"):
        opened.meat(("person",), replace(parts_for(len(cells), ("x",)), names=("z",)))
