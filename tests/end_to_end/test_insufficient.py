"""Designs without a comparison end in ``insufficient``: rows with the reason, a page, no number."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from evaluation.catalogue import catalogue
from evaluation.cli import main
from evaluation.commands.gates import pass_gates
from evaluation.errors import DataError, GateError, SpecError
from evaluation.pipeline import refuse_without_design, run_spec
from evaluation.release.writer import write_record
from evaluation.report.language import language_of
from evaluation.report.page import page
from evaluation.report.phrases import known, message_words
from evaluation.report.reading import read_record
from evaluation.report.record import Record
from evaluation.report.tables import table_of, tables_of
from evaluation.review.explain import explain
from evaluation.spec.loader import build_spec
from evaluation.spec.missing import LACKS, MISSING, lacking, reason_of
from evaluation.spec.origin import Origin
from evaluation.spec.settings import Settings
from evaluation.spec.spec import Spec

HEAD = {"schema_version": 1, "id": "tiny", "title": "Tiny"}
FILE = {"source": "file", "path": "tiny.csv", "unit": "unit", "time": "t"}
NONE = {"kind": "none", "missing": ["comparison group", "dates"]}
DID = {
    "kind": "did",
    "treated": {"column": "treat", "equals": 1},
    "post": {"column": "t", "at_least": 4},
}
TWFE = {"id": "main", "estimand": "att", "estimator": "twfe", "cluster": "town"}
STAGGERED = {"kind": "staggered_did", "cohort": {"column": "cohort", "never": 0}}
ATT_GT = {"id": "main", "estimand": "att_gt", "estimator": "group_time_att"}
RD = {
    "kind": "rd",
    "running_variable": {"column": "score"},
    "cutoff": 0,
    "treated_side": "above",
}
AT_CUTOFF = {"id": "main", "estimand": "itt_at_cutoff", "estimator": "rd_polynomial"}
SINGLE = {
    "kind": "single_unit",
    "treated": {"column": "unit", "equals": 1},
    "post": {"column": "t", "at_least": 4},
}
SDID = {"id": "main", "estimand": "att", "estimator": "synthetic_did"}


@pytest.fixture(scope="module")
def rows() -> pd.DataFrame:
    rng = np.random.default_rng(11)
    frame = pd.DataFrame(
        {"unit": np.repeat(np.arange(1, 25), 6), "t": np.tile(np.arange(1, 7), 24)}
    )
    frame["treat"] = (frame["unit"] <= 12).astype(int)
    frame["town"] = frame["unit"] % 8
    frame["cohort"] = np.where(frame["treat"] == 1, 4, 0)
    frame["score"] = rng.uniform(-1, 1, len(frame))
    frame["y"] = rng.normal(size=len(frame))
    return frame


def spec_of(folder: Path, design: dict[str, Any], *models: dict[str, Any], **more: Any) -> Spec:
    tables = {
        **HEAD, "panel": FILE, "outcomes": {"y": {"column": "y", "kind": "continuous"}},
        "design": design, **({"models": list(models)} if models else {}), **more,
    }  # fmt: skip
    (folder / "tiny.csv").touch()
    origin = Origin(folder=folder)
    return build_spec(tables, catalogue(), settings=Settings({}, ()), origin=origin, label="tiny")


# what is tried: design, model, what the rows lack, words of the row
LACKING: dict[str, tuple[dict[str, Any], dict[str, Any], Any, str, str]] = {
    "nobody else": (DID, TWFE, lambda x: x.assign(treat=1), "comparison group",
                    "the control group has no rows before the reform"),
    "controls later": (DID, TWFE, lambda x: x[(x.t >= 4) | (x.treat == 1)], "comparison group",
                       "the control group has no rows before the reform"),
    "no pre-period": (DID, TWFE, lambda x: x[x.t >= 4], "time before",
                      "the treated group has no rows before the reform"),
    "treated come later": (DID, TWFE, lambda x: x[(x.t >= 4) | (x.treat == 0)], "time before",
                           "the treated group has no rows before the reform"),
    "treated leave": (DID, TWFE, lambda x: x[(x.t < 4) | (x.treat == 0)], "time after",
                      "the treated group has no rows after the reform"),
    "an outcome of later years": (DID, TWFE, lambda x: x.assign(y=x.y.where(x.t >= 4)),
                                  "time before", "the treated group has no rows before"),
    "treated from the start": (STAGGERED, ATT_GT, lambda x: x.assign(cohort=x.cohort.clip(upper=1)),
                               "time before", "treated from the first period on"),
    "all at one date": (STAGGERED, ATT_GT, lambda x: x.assign(cohort=4), "untreated units",
                        "no unit is untreated in any period in which others have adopted"),
    "no donors": (SINGLE, SDID, lambda x: x[x.unit == 1], "donors",
                  "0 of 0 units are left as donors"),
    "one donor": (SINGLE, SDID, lambda x: x[x.unit <= 2], "donors",
                  "1 of 1 units are left as donors"),
    "a unit seen late": (SINGLE, SDID, lambda x: x[(x.unit > 1) | (x.t >= 4)], "time before",
                         "the treated unit has no rows before the reform"),
    "one period before": (SINGLE, SDID, lambda x: x[x.t >= 3], "time before",
                          "the treated unit has 1 periods before the reform"),
    "one side of the cutoff": (RD, AT_CUTOFF, lambda x: x.assign(score=x.score.abs() + 0.1),
                               "other side of the cutoff", "the treated side of the cutoff"),
    "an outcome on one side": (RD, AT_CUTOFF, lambda x: x.assign(y=x.y.where(x.score > 0)),
                               "other side of the cutoff", "no row lies below the cutoff"),
}  # fmt: skip


@pytest.mark.parametrize("name", LACKING)
def test_a_side_that_is_not_there(tmp_path: Path, rows: pd.DataFrame, name: str) -> None:
    design, model, change, missing, words = LACKING[name]
    record = run_spec(spec_of(tmp_path, design, model), frame=change(rows))
    (row,) = record.estimates
    assert (row.status, row.estimate, row.std_error, row.conf_low) == (
        "insufficient", None, None, None,
    )  # fmt: skip
    assert words in row.reason
    assert LACKS[missing].enough in row.reason  # type: ignore[index]
    assert (record.status, record.missing) == ("insufficient", (missing,))
    assert record.observed or model is AT_CUTOFF
    assert message_words(row.reason, language_of("nb")) != row.reason
    assert "insufficient" not in page(record, ())  # said in words, never by a key


# what is tried: design, model, what the rows are, words of the error
AT_FAULT: dict[str, tuple[dict[str, Any], dict[str, Any], Any, str]] = {
    "no such treated": ({**DID, "treated": {"column": "treat", "equals": 7}}, TWFE, None,
                        "the treated group has no rows before"),
    "no such control": ({**DID, "control": {"column": "treat", "equals": 7}}, TWFE, None,
                        "the control group has no rows before"),
    "no such date": ({**DID, "post": {"column": "t", "at_least": 40}}, TWFE, None,
                     "the treated group has no rows after"),
    "nobody adopts": (STAGGERED, ATT_GT, lambda x: x.assign(cohort=0), "no row belongs"),
    "no such unit": ({**SINGLE, "treated": {"column": "unit", "equals": 99}}, SDID, None,
                     "0 of 24 units are treated"),
    "no such donor": ({**SINGLE, "donors": {"keep": [{"column": "town", "equals": 99}]}}, SDID,
                      None, "design.donors.keep.1: holds in no row of the sample"),
    "no treated side": ({**RD, "cutoff": 500}, AT_CUTOFF, None, "no rows lie above 500"),
}  # fmt: skip


@pytest.mark.parametrize("name", AT_FAULT)
def test_a_condition_that_holds_nowhere_is_an_error(
    tmp_path: Path, rows: pd.DataFrame, name: str
) -> None:
    design, model, change, words = AT_FAULT[name]
    frame = rows if change is None else change(rows)
    with pytest.raises(DataError, match=words) as caught:
        run_spec(spec_of(tmp_path, design, model), frame=frame)
    assert not hasattr(caught.value, "missing")


@pytest.fixture(scope="module")
def stated(tmp_path_factory: pytest.TempPathFactory, rows: pd.DataFrame) -> Record:
    spec = spec_of(tmp_path_factory.mktemp("stated"), NONE)
    return run_spec(spec, frame=rows)


def test_what_the_spec_says_is_missing(stated: Record, rows: pd.DataFrame) -> None:
    (row,) = stated.estimates
    assert (row.model_id, row.estimator, row.outcome) == ("none", "", "y")
    assert (row.status, row.reason) == (
        "insufficient", reason_of(("comparison group", "dates")),
    )  # fmt: skip
    assert [one.value for one in stated.details] == ["comparison group, dates"]
    table = table_of(stated, "described")
    mean, count = (cell.numbers[0].value for cell in table.rows[0].cells[1:])
    assert (mean, count) == (pytest.approx(rows["y"].mean(), abs=1e-12), len(rows))
    assert "main" not in tables_of(stated)
    with pytest.raises(GateError, match="none y is insufficient"):
        pass_gates(stated, ("all_models",))


def test_means_before_and_after(tmp_path: Path, rows: pd.DataFrame) -> None:
    months = rows.assign(t=201300 + rows["t"])
    panel = {**FILE, "time_unit": "month"}
    design = {**NONE, "reform_date": pd.Timestamp("2013-04-01").date()}
    record = run_spec(spec_of(tmp_path, design, panel=panel), frame=months)
    cells = table_of(record, "described").rows[0].cells[1:]
    early, late = rows[rows.t < 4], rows[rows.t >= 4]
    wanted = [early["y"].mean(), len(early), late["y"].mean(), len(late)]
    assert [cell.numbers[0].value for cell in cells] == pytest.approx(wanted, abs=1e-12)


def test_models_without_a_design_are_rows(tmp_path: Path, rows: pd.DataFrame) -> None:
    more = {
        "checks": [{"kind": "effective_clusters", "model": "main"}],
        "smallest_effect_of_interest": [{"outcome": "y", "unit": "per_person", "value": 0.1}],
    }
    record = run_spec(spec_of(tmp_path, NONE, TWFE, SDID | {"id": "other"}, **more), frame=rows)
    assert [(one.model_id, one.status) for one in record.estimates] == [
        ("main", "insufficient"), ("other", "insufficient"),
    ]  # fmt: skip
    assert [(one.check, one.verdict) for one in record.checks] == [
        ("effective_clusters", "insufficient"), ("equivalence", "insufficient"),
    ]  # fmt: skip
    assert "Model main" in page(record, ())


def test_it_is_written_and_read_again(stated: Record, tmp_path: Path) -> None:
    folder = write_record(stated, tmp_path)
    told = json.loads((folder / "result.json").read_text(encoding="utf-8"))
    assert (told["status"], told["models"]) == ("insufficient", {"none": {"y": "insufficient"}})
    html = (folder / "restricted" / "report.html").read_text(encoding="utf-8")
    for one in ("comparison group", "dates"):
        enough = LACKS[one].enough  # type: ignore[index]
        assert enough[1:] in html
    read = read_record(folder)
    assert (read.status, read.missing) == (stated.status, stated.missing)
    norwegian = replace(stated, spec=stated.spec.model_copy(update={"lang": "nb"}))
    assert "en sammenligningsgruppe" in page(norwegian, ())


def test_explain_and_verbs_that_need_estimates(stated: Record) -> None:
    text = explain(stated.spec)
    assert "missing: a comparison group and dates" in text
    assert LACKS["dates"].enough in text
    with pytest.raises(SpecError, match="so there is nothing to diagnose"):
        refuse_without_design(stated.spec, "diagnose")


def test_the_command_ends_with_code_0(
    tmp_path: Path, rows: pd.DataFrame, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    monkeypatch.chdir(tmp_path)
    rows.to_csv("tiny.csv", index=False)
    Path("tiny.toml").write_text(
        'schema_version = 1\nid = "tiny"\ntitle = "Tiny"\n[panel]\nsource = "file"\n'
        'path = "tiny.csv"\nunit = "unit"\ntime = "t"\n[outcomes]\n'
        'y = { column = "y", kind = "continuous" }\n'
        '[design]\nkind = "none"\nmissing = ["comparision group"]\n',
        encoding="utf-8",
    )
    codes = []
    gated = "run tiny.toml --out out --require all_models"
    for words in ("run tiny.toml --out out", "run tiny.toml --out out", gated):
        monkeypatch.setattr("sys.argv", ["activity-duty", *words.split()])
        with pytest.raises(SystemExit) as ended:
            main()
        codes.append(ended.value.code)
        text = Path("tiny.toml").read_text(encoding="utf-8")
        Path("tiny.toml").write_text(text.replace("comparision", "comparison"), encoding="utf-8")
    assert codes == [10, 0, 16]
    assert "design.missing" in capsys.readouterr().err


@pytest.mark.parametrize("word", MISSING)
def test_every_word_is_said_in_every_language(word: Any) -> None:
    lack = LACKS[word]
    for text in (lack.absent, lack.enough):
        assert known("message", text)
        assert not {";", ":"} & {*text}
    error = lacking("design", "something", word)
    assert (error.missing, error.exit_code) == ((word,), 11)
