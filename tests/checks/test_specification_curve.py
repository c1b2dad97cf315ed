"""A declared universe: every number as the spec alone gives it, one permutation for all."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from evaluation import run
from evaluation.catalogue import catalogue
from evaluation.cells import gather
from evaluation.pipeline import run_spec
from evaluation.report.csvs import csv_rows, csv_text
from evaluation.report.record import Record
from evaluation.results import Specification
from evaluation.spec.loader import read_spec

SPEC = """
schema_version = 1
id = "towns"
title = "Towns that adopt"
[panel]
source = "file"
path = "towns.parquet"
time = "year"
time_unit = "integer"
[sample]
keep = [{ column = "x", below = 3.0 }]
[outcomes]
y = { column = "y", kind = "continuous" }
[design]
kind = "staggered_did"
cohort = { column = "start", never = 0 }
unbalanced = "keep"
[[models]]
id = "main"
estimand = "att"
estimator = "twfe"
fixed_effects = ["town", "year"]
cluster = "town"
[[smallest_effect_of_interest]]
outcome = "y"
unit = "per_person"
value = 5.0
"""
AXES = """
[[vary]]
path = "models.main.controls"
values = [[], ["x"], ["x", "z"]]
[[vary]]
path = "sample.keep"
values = [
  [{ column = "x", below = 3.0 }],
  [{ column = "x", below = 3.0 }, { column = "region", equals = "north" }],
  [{ column = "old", equals = 1 }],
]
[[vary]]
path = "outcomes.y.column"
values = ["y", "y2"]
"""
CURVE = '[[checks]]\nkind = "specification_curve"\nmodel = "main"\nseed = 3\ndraws = 99\n'


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    """Return persons in twenty towns that adopt in two periods or never."""
    generator = np.random.default_rng(4)
    rows = 4_000
    town, year = generator.integers(0, 20, rows), generator.integers(0, 6, rows)
    start = np.array([0, 0, 2012, 2014])[generator.permutation(20) % 4]
    shock = generator.normal(size=(20, 6))[town, year]
    frame = pd.DataFrame(
        {
            "town": town,
            "year": year + 2010,
            "start": start[town],
            "region": np.where(town % 3 == 0, "south", "north"),
            "old": generator.integers(0, 2, rows),
            "x": np.round(generator.normal(size=rows), 1),
            "z": generator.integers(0, 3, rows),
        }
    )
    noise = generator.normal(size=(2, rows))
    treated = (frame["start"] > 0) & (frame["year"] >= frame["start"])
    frame["y"] = 0.3 * frame["x"] + shock + 0.2 * treated + noise[0]
    frame["y2"] = frame["y"] + 0.1 * frame["z"] + noise[1]
    return frame


@pytest.fixture(scope="module")
def ask(tmp_path_factory: pytest.TempPathFactory, frame: pd.DataFrame) -> Callable[..., Record]:
    folder = tmp_path_factory.mktemp("towns")

    def answer(
        text: str, settings: dict[str, Any] | None = None, engine: str = "auto", **rows: Any
    ) -> Record:
        path: Path = folder / "towns.toml"
        path.write_text(text, encoding="utf-8")
        spec = read_spec(path, catalogue(), settings=settings or {}, with_paths=False)
        return run_spec(spec, frame=rows.get("frame", frame), engine=engine)  # type: ignore[arg-type]

    return answer


@pytest.fixture(scope="module")
def universe(ask: Callable[..., Record]) -> Record:
    return ask(SPEC + CURVE + AXES)


def test_every_specification_is_the_spec_with_its_choices_set(
    ask: Callable[..., Record], universe: Record
) -> None:
    rows = universe.specifications
    assert [row.number for row in rows] == list(range(1, 19))
    assert [row.number for row in rows if row.declared] == [1]
    for row in rows:
        alone = ask(SPEC, json.loads(row.choices))
        (own,) = alone.estimates
        for name in ("estimate", "std_error", "conf_low", "conf_high", "p_value"):
            assert getattr(row, name) == pytest.approx(getattr(own, name), rel=1e-10), row.choices
        assert (row.n_obs, row.n_clusters) == (own.n_obs, own.n_clusters)
        verdicts = [one.verdict for one in alone.checks if one.check == "equivalence"]
        assert verdicts == [row.equivalence]


def test_the_digest_is_that_of_the_spec_with_the_choices_set(
    tmp_path: Path, universe: Record
) -> None:
    path = tmp_path / "towns.toml"
    path.write_text(SPEC + CURVE + AXES, encoding="utf-8")
    row = universe.specifications[10]
    alone = read_spec(path, catalogue(), settings=json.loads(row.choices), with_paths=False)
    assert row.digest == alone.origin.digest


def test_rows_and_cells_agree(ask: Callable[..., Record]) -> None:
    text = SPEC + AXES.split('[[vary]]\npath = "outcomes')[0]
    by = [ask(text, engine=engine).specifications for engine in ("auto", "microdata")]
    for one, other in zip(*by, strict=True):
        assert one.estimate == pytest.approx(other.estimate, rel=1e-9)
        assert one.std_error == pytest.approx(other.std_error, rel=1e-9)
        assert (one.digest, one.n_obs) == (other.digest, other.n_obs)


def test_one_pass_over_the_rows_serves_every_specification(
    ask: Callable[..., Record], monkeypatch: pytest.MonkeyPatch
) -> None:
    built = []
    inner = gather._build
    monkeypatch.setattr(gather, "_build", lambda *given: built.append(1) or inner(*given))
    axes = AXES.split("[[vary]]")
    rows = ask(SPEC + CURVE + "[[vary]]".join(axes[:1] + axes[2:])).specifications
    assert len(rows) == 6
    # One for the spec as declared, one for all others.
    assert len(built) == 2


def test_rows_come_back_from_their_file(universe: Record) -> None:
    rows = universe.specifications
    assert csv_rows(Specification, csv_text(Specification, rows)) == rows


def curve_of(record: Record) -> dict[str, Any]:
    return {one.term: one for one in record.checks if one.check == "specification_curve"}


def test_the_curve_is_described_and_tested(universe: Record) -> None:
    curve = curve_of(universe)
    estimates = [row.estimate for row in universe.specifications]
    assert list(curve) == ["median", "dominant_sign", "significant", "smallest_effect"]
    assert curve["median"].statistic == pytest.approx(np.median(estimates))
    positive = np.mean([one > 0 for one in estimates])
    assert curve["dominant_sign"].statistic == pytest.approx(max(positive, 1 - positive))
    assert all(0.01 <= curve[name].p_value <= 1 for name in list(curve)[:3])
    assert (curve["smallest_effect"].statistic, curve["smallest_effect"].verdict) == (
        1.0, "ruled_out",
    )  # fmt: skip


TWO = '[[vary]]\npath = "models.main.controls"\nvalues = [["x"], ["z"]]\n'


@pytest.mark.parametrize("statistic", ["coefficient", "studentised"])
def test_a_large_effect_is_found_and_the_spec_stands_outside(
    ask: Callable[..., Record], frame: pd.DataFrame, statistic: str
) -> None:
    treated = (frame["start"] > 0) & (frame["year"] >= frame["start"])
    moved = frame.assign(y=frame["y"] + 20.0 * treated)
    record = ask(SPEC + CURVE + f'statistic = "{statistic}"\n' + TWO, frame=moved)
    assert [(row.number, row.declared) for row in record.specifications] == [
        (0, True), (1, False), (2, False),
    ]  # fmt: skip
    curve = curve_of(record)
    assert curve["median"].p_value == 0.01
    # Where specifications move together, one draw in twenty finds them all significant.
    assert (curve["significant"].statistic, curve["significant"].verdict) == (1.0, "rejected")


def test_a_specification_that_fails_is_a_row_with_its_reason(ask: Callable[..., Record]) -> None:
    axis = (
        '[[vary]]\npath = "sample.keep"\nvalues = [[], [{ column = "town", equals = 77 }], '
        '[{ column = "town", equals = 3 }]]\n'
    )
    rows = ask(SPEC + CURVE + axis).specifications
    assert [row.number for row in rows] == [0, 1, 2, 3]
    assert [row.estimate is None for row in rows] == [False, False, True, True]
    assert all(row.status == "refused" and row.reason for row in rows[2:])


def test_without_an_assignment_the_curve_is_only_described(ask: Callable[..., Record]) -> None:
    text = SPEC.replace('fixed_effects = ["town", "year"]', 'fixed_effects = ["year"]')
    curve = curve_of(ask(text + CURVE + TWO))
    assert {one.verdict for one in list(curve.values())[:3]} == {"described"}
    assert "2 of 2 cannot be permuted: the permuted statistic has" in curve["median"].message
    assert curve["median"].p_value is None


def test_a_notebook_has_the_file(tmp_path: Path, frame: pd.DataFrame) -> None:
    path = tmp_path / "towns.toml"
    path.write_text(SPEC + TWO, encoding="utf-8")
    result = run(path, frame=frame)
    assert result.csv("specifications").startswith("spec_id,model_id,outcome,number,declared,")
