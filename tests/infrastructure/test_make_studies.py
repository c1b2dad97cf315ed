"""make studies reads runs as it says it does, and its pages are what specs and found.csv say."""

from __future__ import annotations

import importlib
import sys
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest

from evaluation import load_spec
from evaluation.report.record import Record
from evaluation.results import Check, Detail, Estimate
from evaluation.spec.studies import studies


@pytest.fixture(scope="module")
def folders(root: Path) -> Path:
    for folder in (root / "tests" / "simulation", root / ".ci"):
        if str(folder) not in sys.path:
            sys.path.append(str(folder))
    return root / ".ci"


@pytest.fixture(scope="module")
def runs(folders: Path) -> ModuleType:
    return importlib.import_module("study_runs")


@pytest.fixture(scope="module")
def runner(folders: Path) -> ModuleType:
    return importlib.import_module("run_studies")


ROW = Estimate("rd_age30", "exit", "rd_robust", "itt_at_cutoff", "sa_exit", estimate=0.1,
               std_error=0.02, conf_low=0.06, conf_high=0.14, p_value=0.001)  # fmt: skip


def record(*rows: Estimate, truth: float | None = None, checks: tuple[Check, ...] = ()) -> Record:
    spec = load_spec(next(one.path for one in studies() if one.id == "rd_age30"))
    details = [Detail(spec.id, "exit", "truth", "sa_exit", "", "truth_absent", "nobody knows")]
    if truth is not None:
        details = [Detail(spec.id, "exit", "truth", "sa_exit", "", "truth", truth)]
    return Record(spec, rows, tuple(details), checks, (), {})


@pytest.mark.parametrize(
    ("row", "truth", "said"),
    [
        (ROW, 0.06, "holds the truth"),
        (ROW, 0.15, "misses the truth"),
        (ROW, None, "no truth: nobody knows"),
        (replace(ROW, conf_low=None, conf_high=None), 0.1, "no interval"),
        (replace(ROW, estimate=None, status="insufficient"), None, "refuses, as it must"),
        (replace(ROW, estimate=None, status="refused", reason="few"), None, "fails: refused: few"),
    ],
)
def test_one_draw_is_judged_by_its_interval(runs, row, truth, said):
    found = runs._read("rd_age30", record(row, truth=truth), None)
    assert (found["study"], found["model"], found["verdict"]) == ("rd_age30", "exit", said)


def test_the_main_estimate_is_the_headline_of_the_first_model(runs):
    path = replace(ROW, estimand="att_by_event_time", event_time=0, estimate=9.0)
    other = replace(ROW, model_id="entry", estimate=8.0)
    assert runs.main_row(record(path, ROW, other)) == ROW
    assert runs.main_row(record(path, ROW, other), "att_by_event_time") == path
    assert runs.main_row(record(path, other)) == path
    assert runs.main_row(record()) is None


def test_a_placebo_is_read_from_the_same_run(runs):
    trial = importlib.import_module("study_panels.trial")
    one = trial.Placebo(model="entry", outcome="sa_entry", null_in="flat")
    row = replace(ROW, model_id="entry", outcome="sa_entry", p_value=0.4)
    assert runs._placebo(record(ROW, row), one) == "null (p = 0.4)"
    assert runs._placebo(record(ROW, replace(row, p_value=0.01)), one) == "not null (p = 0.01)"
    assert runs._placebo(record(ROW), one) == "not run"
    check = trial.Placebo(check="placebo_date", outcome="sa_exit", null_in="flat")
    checks = tuple(
        Check("rd_age30", "placebo_date", "exit", outcome, "", None, None, verdict, "")
        for outcome, verdict in [
            ("sa_exit", "not detected"), ("sa_exit", "violation found"), ("other", "violated"),
        ]
    )  # fmt: skip
    assert runs._placebo(record(ROW, checks=checks), check) == "violation found"
    assert runs._placebo(record(ROW, checks=checks[:1]), check) == "not detected"


def test_studies_that_were_not_run_stand_as_they_were(runs, runner, tmp_path):
    path = tmp_path / "found.csv"
    first, second = (runs.Found(name, verdict="holds the truth") for name in ("a", "b"))
    runner.commit(path, [second, first], ["a", "b"])
    runner.commit(path, [replace(first, verdict="misses the truth", seconds=9.0)], ["a", "b"])
    lines = path.read_text(encoding="utf-8").splitlines()
    assert [line.split(",")[0] for line in lines] == ["study", "a", "b"]
    assert "misses the truth" in lines[1] and "holds the truth" in lines[2]
    assert "seconds" not in lines[0]
    runner.commit(path, [first], ["a"])
    assert len(path.read_text(encoding="utf-8").splitlines()) == 2


def test_an_unknown_study_is_one_line(runner, capsys):
    assert runner.main(["--only", "nobody_2020"]) == 2
    assert "no study 'nobody_2020' (there are: dahl_hernaes_2022, " in capsys.readouterr().err


def test_every_page_is_what_spec_and_table_say(folders, root: Path):
    pages = importlib.import_module("study_pages").pages_of({})
    committed = {path.name: path for path in (root / "docs" / "studies").glob("*.md")}
    assert set(committed) == set(pages), "run make studies"
    for name, text in pages.items():
        old = committed[name].read_text(encoding="utf-8")
        assert old == text, f"{name}: run python .ci/run_studies.py --texts"


def test_every_study_was_run_and_has_its_figure(folders, root: Path, runner):
    ids = runner.study_ids()
    assert list(runner.read_table(runner.TABLE)) == list(ids), "run make studies"
    for name in ids:
        page = (root / "docs" / "studies" / f"{name}.md").read_text(encoding="utf-8")
        assert f"({name}.png)" in page, f"{name}: run make studies ONLY={name}"
        assert (root / "docs" / "studies" / f"{name}.png").stat().st_size > 1_000


def test_a_new_figure_replaces_the_old_one_and_nothing_else(folders, runs):
    pages = importlib.import_module("study_pages")
    one = next(study for study in studies() if study.id == "skien_2015")
    picture = runs.Picture(b"", "What it shows.", "In [numbers]")
    new, old = (
        pages.page(one, [], {}, figure)
        for figure in (pages.figure_of(one.id, picture), ["", "![x](x.png)", ""])
    )
    assert "![In (numbers)](skien_2015.png)\n\nWhat it shows.\n" in new
    assert pages._kept(new) == pages.figure_of(one.id, picture)
    before, _, rest = new.partition(pages.BEGIN)
    assert old.startswith(before) and old.endswith(rest.partition(pages.END)[2])


def test_a_run_names_the_figure_of_its_design(runs):
    from evaluation.report.figures.registry import figure_kinds

    assert {kind for kinds in runs.OWN.values() for kind in kinds} <= set(figure_kinds())
    assert {kind for kinds in runs.NATURAL.values() for kind in kinds} <= set(figure_kinds())
    assert set(runs.NATURAL) >= {one.design for one in studies()}
    assert set(runs.OWN) <= {one.id for one in studies()}


def test_a_run_says_every_placebo_and_what_speaks_against_it(runs):
    trial = importlib.import_module("study_panels.trial")
    names = [("exit", "sa_exit"), ("entry", "sa_entry")]
    asked = trial.Trial(
        persons=9,
        models=("exit",),
        outcomes=("sa_exit",),
        replications=20,
        placebo=tuple(trial.Placebo(model=m, outcome=y, null_in="flat") for m, y in names),
    )
    checks = tuple(
        Check("rd_age30", "donut", "exit", "sa_exit", term, None, None, verdict, "")
        for term, verdict in [("1", "violated"), ("2", "violated"), ("3", "stable")]
    )
    found = runs._read("rd_age30", record(replace(ROW, p_value=0.2), checks=checks), asked)
    assert found["placebos"] == "exit sa_exit: null (p = 0.2); entry sa_entry: not run"
    assert found["against"] == "donut of exit sa_exit"


def test_a_truth_stands_with_its_error_unless_that_is_rounding(folders):
    pages = importlib.import_module("study_pages")
    assert pages._truth({"truth": "0.0782", "truth_error": "0.0059"}) == "0.0782 ± 0.0059"
    assert pages._truth({"truth": "0.5", "truth_error": "1e-18"}) == "0.5"
    assert pages._truth({"truth": "", "truth_error": ""}) == "–"
