"""Entries and the stock at a cutoff: planted postponement fires, smooth entry does not."""

import numpy as np
import pandas as pd
import pytest

from evaluation import run
from evaluation.checks._bins import bins_of, gap_of
from evaluation.data.model_data import ModelData
from evaluation.spec.design import RdDesign

SPEC = """
schema_version = 1
id = "entry"
title = "Entry"
[panel]
source = "file"
path = "rows.parquet"
unit = "id"
time = "ym"
time_unit = "month"
[outcomes]
y = {{ column = "sa_received", kind = "binary" }}
[design]
kind = "rd"
running_variable = {{ column = "age_months", discrete = true }}
cutoff = 360
treated_side = "below"
donut = 1
[[models]]
id = "main"
estimand = "itt_at_cutoff"
estimator = "rd_robust"
bandwidth = {{ fixed = 14 }}
cluster = "id"
[[checks]]
kind = "selection_near_cutoff"
{options}
"""


def persons(seed=0, n=1500, postponed=0.0, dose=0.0):
    """Return spells of receipt; entries below 30 are put off past it, or fall with dose ahead."""
    generator = np.random.default_rng(seed)
    months = 36
    start = generator.integers(310, 380, n)
    received = np.zeros((n, months), dtype=int)
    entry = np.full((n, months), np.nan)
    waiting = np.zeros(n, dtype=bool)
    on = np.zeros(n, dtype=bool)
    for t in range(months):
        age = start + t
        ramp = 1 - dose * np.clip((360 - age) / 36, 0, 1)
        comes = generator.random(n) < 0.03 * ramp
        held = comes & (age < 360) & (age >= 354) & (generator.random(n) < postponed)
        released = waiting & (age > 360)
        waiting = (waiting | held) & ~released
        comes = (comes & ~held) | released
        entry[:, t] = np.where(on, np.nan, comes)
        on = np.where(on, generator.random(n) < 0.8, comes)
        received[:, t] = on
    age = (start[:, None] + np.arange(months)).ravel()
    frame = pd.DataFrame(
        {
            "id": np.repeat(np.arange(n), months),
            "ym": np.tile([(2017 + t // 12) * 100 + t % 12 + 1 for t in range(months)], n),
            "age_months": age,
            "sa_received": received.ravel(),
            "sa_entry": entry.ravel(),
        }
    )
    return frame[(age >= 318) & (age <= 402)].reset_index(drop=True)


@pytest.fixture
def ask(tmp_path):
    def answer(frame, options="width = 3", engine="auto"):
        path = tmp_path / "entry.toml"
        path.write_text(SPEC.format(options=options), encoding="utf-8")
        found = run(path, frame=frame, engine=engine)
        checks = found.checks
        return checks[checks["check"] == "selection_near_cutoff"].set_index("term")

    return answer


TERMS = [
    "entries in discrete time",
    "entry rate: jump",
    "entry rate: kink",
    "recipients: jump",
    "recipients: kink",
]


def test_smooth_entry_is_quiet_and_cells_say_what_rows_say(ask):
    frame = persons(seed=3, n=700)
    cells, rows = ask(frame), ask(frame, engine="microdata")
    assert list(cells.index) == TERMS
    assert set(cells.verdict) == {"not detected"}
    assert cells.message.str.contains("power 80% against").all()
    np.testing.assert_allclose(cells.statistic, rows.statistic, rtol=1e-7)
    np.testing.assert_allclose(cells.p_value, rows.p_value, rtol=1e-6)


def test_postponed_entries_fire_and_the_message_does_not_say_which(ask):
    found = ask(persons(seed=4, postponed=0.6))
    fired = found[found.verdict == "effect or selection"]
    assert {"entries in discrete time", "entry rate: jump"} <= set(fired.index)
    assert fired.message.str.contains("may be an effect on who comes, or selection").all()
    assert not found.verdict.str.contains("fail").any()


def test_entry_that_answers_to_the_dose_ahead_kinks(ask):
    found = ask(persons(seed=5, n=3500, dose=1.0))
    assert found.verdict["entry rate: kink"] == "effect or selection"
    # Entry rises towards 30 and is flat after it: the treated slope is the steeper one.
    assert found.statistic["entry rate: kink"] > 0


def design(**keys):
    given = {
        "kind": "rd",
        "running_variable": {"column": "age_months", "discrete": True},
        "cutoff": 360,
        "treated_side": "below",
        **keys,
    }
    return RdDesign.model_validate(given)


def data(x, unit=None):
    running = np.asarray(x, dtype=float)
    columns = pd.DataFrame(index=range(len(running)))
    units = None if unit is None else np.asarray(unit, dtype=np.int64)
    return ModelData(outcome="e", y=np.ones(len(running)), columns=columns, running=running,
                     unit=units)  # fmt: skip


@pytest.mark.parametrize(
    ("keys", "gap", "edges"),
    [
        ({"donut": 1}, (-1, 1), [(-5, -4), (-2, -1), (1, 2), (4, 5)]),
        ({"donut": 2}, (-2, 2), [(-8, -7), (-3, -2), (2, 3), (7, 8)]),
        ({"exposure": "exposure_share"}, (-1, 1), [(-5, -4), (-2, -1), (1, 2), (4, 5)]),
        ({}, (-1, 0), [(-4, -3), (-2, -1), (0, 1), (2, 3)]),
    ],
)
def test_bins_are_equally_far_apart_around_what_is_left_out(keys, gap, edges):
    assert gap_of(design(**keys)) == gap
    x = np.repeat(np.arange(-12, 13), np.arange(1, 26))
    found = bins_of(data(x), design(**keys), 2)
    assert [tuple(one) for one in found.edges] == edges
    middles = found.edges.mean(axis=1)
    assert len(set(np.diff(middles))) == 1
    counts = [((x >= low) & (x <= high)).sum() for low, high in edges]
    assert list(found.counts) == counts
    # Counts on a straight line depart nowhere.
    assert all(abs(one.excess) < 1e-12 for one in found.tested(0.0))


def test_a_person_counts_once_on_either_side():
    x = [-4, -2, -2, 1, 5, 1, -5]
    unit = [0, 0, 1, 0, 0, 2, 3]
    found = bins_of(data(x, unit), design(donut=1), 2)
    assert list(found.counts) == [2, 1, 2, 0]
    assert found.repeated == 2
