"""Sums by way of finer groups are those of one product after another over the rows."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from evaluation.cells.cell_pass import run_cell_pass
from evaluation.cells.engines.duckdb import relation_of_frame
from evaluation.cells.plan import CellPass, Plan, Quantity
from evaluation.cells.settings import Settings
from evaluation.data.periods import Calendar
from evaluation.data.plain import plain_columns

NAMES = ("employed", "kroner", "hours", "female", "region", "age")
QUANTITIES = tuple(Quantity(name, name) for name in NAMES)
PRODUCTS = tuple((a, b) for a in range(len(NAMES)) for b in range(a, len(NAMES)))
PLAN = Plan((), (), (), (), None, None, (), (), "ym", Calendar("month", 1))
ONE = CellPass("cells_1", ("muni", "ym"), QUANTITIES, PRODUCTS)


def panel(rows: int = 2000) -> pd.DataFrame:
    draw = np.random.default_rng(8)
    frame = pd.DataFrame(
        {
            "ym": draw.choice([201611, 201612, 201701], rows),
            "muni": draw.choice(np.array(["0301", "1103", None], dtype=object), rows),
            "employed": pd.array(draw.integers(0, 2, rows), dtype="Int8"),
            "kroner": draw.integers(-90_000, 900_000, rows),
            "hours": draw.normal(30, 5, rows),
            "female": draw.integers(0, 2, rows).astype(bool),
            "region": draw.integers(-2, 3, rows).astype(np.float64),
            "age": draw.integers(216, 515, rows).astype(np.int16),
            "pop": draw.integers(0, 5, rows).astype(np.float64),
        }
    )
    for name in ("employed", "region", "pop"):
        frame.loc[draw.random(rows) < 0.1, name] = pd.NA
    return frame


@pytest.mark.parametrize("weight", [None, "pop"])
@pytest.mark.parametrize("fine", [("female",), ("female", "region"), ("employed", "region")])
def test_the_same_sums(fine: tuple[str, ...], weight: str | None) -> None:
    relation = relation_of_frame(plain_columns(panel()), {}, Settings())
    plan = replace(PLAN, weight=weight)
    plain = run_cell_pass(relation, plan, ONE, Settings())
    found = run_cell_pass(relation, plan, replace(ONE, fine=fine), Settings())
    assert list(found.frame) == list(plain.frame) and len(found.frame) == len(plain.frame)
    for name in plain.frame:
        if "hours" in str(name):
            np.testing.assert_allclose(found.frame[name], plain.frame[name], rtol=1e-12)
        else:
            pd.testing.assert_series_equal(found.frame[name], plain.frame[name], check_exact=True)


def test_more_than_64_bits_are_summed_row_by_row() -> None:
    frame = panel()
    frame["kroner"] *= 10**7
    relation = relation_of_frame(plain_columns(frame), {}, Settings())
    plain = run_cell_pass(relation, PLAN, ONE, Settings())
    found = run_cell_pass(relation, PLAN, replace(ONE, fine=("female",)), Settings())
    assert plain.frame["ad_sum_kroner_kroner"].dtype == object
    exact = [name for name in plain.frame if "hours" not in name]
    pd.testing.assert_frame_equal(found.frame[exact], plain.frame[exact], check_exact=True)


def test_the_same_bytes_on_any_number_of_threads() -> None:
    made = []
    for threads in (1, 2, 4):
        settings = Settings(threads=threads)
        relation = relation_of_frame(plain_columns(panel()), {}, settings)
        one = replace(ONE, fine=("female", "region"))
        made.append(run_cell_pass(relation, PLAN, one, settings).frame)
    for other in made[1:]:
        pd.testing.assert_frame_equal(made[0], other, check_exact=True)
