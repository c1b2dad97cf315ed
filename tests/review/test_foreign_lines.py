"""Lines of Stata and R: the same numbers where they say so, names of the spec, nothing injected."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import evaluation as ad
from evaluation.catalogue import catalogue
from evaluation.commands.explain import explain
from evaluation.errors import UsageError
from evaluation.review.foreign.lines import foreign_lines
from evaluation.review.foreign.r import R
from evaluation.review.foreign.registry import foreign_names
from evaluation.review.foreign.stata import Stata
from evaluation.spec.columns import columns_of_spec
from evaluation.spec.filters import Filter
from evaluation.spec.loader import build_spec
from evaluation.spec.origin import Origin
from evaluation.spec.settings import parse_settings
from evaluation.spec.shipped import find_spec
from evaluation.spec.spec import Spec

SHIPPED = ("age_did", "municipal_adoption", "release_at_30", "fuzzy_condition", "prop99", "mpdta")
OWN = re.compile(r"\bad_\w+")


def did(**model: Any) -> Spec:
    """Return a difference-in-differences on a frame, with keys of its model."""
    main = {"id": "main", "estimand": "att_relative", "estimator": "twfe", **model}
    tables = {
        "schema_version": 1,
        "id": "small",
        "title": "A small one",
        "panel": {"source": "file", "path": "p.csv", "unit": "unit", "time": "year",
                  "time_unit": "integer", "weight": "w"},
        "outcomes": {"y": {"column": "y", "kind": "continuous"}},
        "design": {"kind": "did", "treated": {"column": "arm", "equals": 1},
                   "post": {"column": "year", "at_least": 4}},
        "models": [main],
    }  # fmt: skip
    return build_spec(
        tables, catalogue(), settings=parse_settings(()), origin=Origin(), label="small",
        with_paths=False,
    )  # fmt: skip


@pytest.fixture(scope="module")
def rows() -> pd.DataFrame:
    rng = np.random.default_rng(1)
    unit, year = (each.ravel() for each in np.meshgrid(range(60), range(8), indexing="ij"))
    frame = pd.DataFrame({"unit": unit, "year": year, "arm": unit % 2, "town": unit // 5})
    frame["x"] = rng.normal(size=len(frame)) + unit / 40
    frame["w"] = rng.uniform(0.5, 3, len(frame))
    frame["y"] = frame["x"] + frame["arm"] * (year >= 4) + rng.normal(size=len(frame))
    return frame[rng.uniform(size=len(frame)) > 0.1].reset_index(drop=True)


def feols(text: str, frame: pd.DataFrame) -> Any:
    """Run the printed call of feols by pyfixest, its columns made as the lines say."""
    import pyfixest as pf

    call = " ".join(text.split())
    formula = re.search(r"fixest::feols\((.*?), data = ", call)[1]  # type: ignore[index]
    vcov = re.search(r"vcov = (.*?), ssc", call)[1]  # type: ignore[index]
    rule = re.search(r'fixef.K = "(\w+)"', call)[1]  # type: ignore[index]
    count = re.search(r"ssc\(adj = (\w+)", call)[1] == "TRUE"  # type: ignore[index]
    factor = re.search(r"cluster.adj = (\w+)", call)[1] == "TRUE"  # type: ignore[index]
    weight = re.search(r"weights = ~ (\w+)", call)[1]  # type: ignore[index]
    frame = frame.assign(ad_treated=frame["arm"], ad_post=(frame["year"] >= 4).astype(int))
    frame = frame.assign(
        ad_d=frame["ad_treated"] * frame["ad_post"],
        ad_period=frame["year"],
        ad_event=frame["year"] - 4,
    )
    kind: Any = {"CRV1": vcov.removeprefix("~ ")} if vcov.startswith("~") else vcov.strip('"')
    return pf.feols(
        formula, frame, vcov=kind, weights=weight, fixef_rm="none",
        demeaner=pf.MapDemeaner(fixef_tol=1e-12),
        ssc=pf.ssc(k_adj=count, G_adj=factor, k_fixef={"nested": "nonnested"}.get(rule, rule)),
    )  # fmt: skip


@pytest.mark.parametrize(
    "model",
    [
        {"fixed_effects": ["unit", "year"], "cluster": "unit"},
        {"fixed_effects": ["year"], "controls": ["x"], "cluster": "town"},
        {"controls": ["x"]},
        {"fixed_effects": ["unit", "year"], "variance": "iid"},
        {"fixed_effects": ["unit", "year"], "cluster": "town",
         "small_sample": {"fixed_effects": "full", "cluster": "none"}},
        {"fixed_effects": ["town"], "cluster": "town",
         "small_sample": {"fixed_effects": "none"}},
    ],
)  # fmt: skip
def test_the_line_of_fixest_gives_our_numbers(rows: pd.DataFrame, model: dict[str, Any]) -> None:
    spec = did(**model)
    text = foreign_lines(spec, "r")
    assert "# the same numbers" in text
    ours = ad.run(spec, frame=rows).estimates.iloc[0]
    theirs = feols(text, rows)
    assert ours["estimate"] == pytest.approx(theirs.coef()["ad_d"], rel=1e-8)
    assert ours["std_error"] == pytest.approx(theirs.se()["ad_d"], rel=1e-7)


def test_the_line_of_an_event_study_gives_our_numbers(rows: pd.DataFrame) -> None:
    spec = did(
        estimator="twfe_event_study", estimand="att_by_event_time", cluster="town",
        fixed_effects=["unit", "year"],
    )  # fmt: skip
    ours = ad.run(spec, frame=rows).estimates.set_index("event_time")
    theirs = feols(foreign_lines(spec, "r"), rows)
    found = {int(re.search(r"(-?\d+)", name)[1]): name for name in theirs.coef().index}  # type: ignore[index]
    assert sorted(found) == sorted(ours.index)
    for time, name in found.items():
        assert ours.loc[time, "estimate"] == pytest.approx(theirs.coef()[name], rel=1e-7)
        assert ours.loc[time, "std_error"] == pytest.approx(theirs.se()[name], rel=1e-6)


def test_jackknifed_errors_are_said_to_differ() -> None:
    for language in ("r", "stata"):
        text = foreign_lines(did(cluster="town", variance="cr3"), language)
        assert "not exactly: errors are CR3" in text


def shipped(name: str) -> Spec:
    import tomllib

    path = find_spec(name)
    assert path is not None
    tables = tomllib.loads(path.read_text(encoding="utf-8"))
    tables.pop("disclosure", None)
    return build_spec(
        tables, catalogue(), settings=parse_settings(()), origin=Origin(folder=path.parent),
        label=name, with_paths=False,
    )  # fmt: skip


@pytest.mark.parametrize("language", ["r", "stata"])
@pytest.mark.parametrize("name", SHIPPED)
def test_every_line_names_columns_that_are_there(name: str, language: str) -> None:
    spec = shipped(name)
    text = foreign_lines(spec, language)
    code = [line for line in text.splitlines() if line and line[0] not in "#*"]
    made = {one for line in code for one in OWN.findall(line.split("<-")[0].split("=")[0])}
    for line in code:
        for used in OWN.findall(line):
            assert used in made or used.startswith("ad_at_"), line
    named = columns_of_spec(spec)
    for outcome in spec.outcomes.values():
        assert outcome.measured in named or outcome.dated.moved
        assert outcome.measured in text
    for model in spec.models:
        for outcome_name in spec.outcomes_of(model):
            assert f" {model.id}, {outcome_name}: {model.estimator}, {model.estimand}\n" in text
        assert model.estimator in foreign_names() or "none is exact" in text


def test_names_and_texts_are_escaped() -> None:
    r, stata = R(), Stata()
    assert r.name("first name") == "`first name`"
    assert r.name("if") == "`if`"
    assert r.name("a`b") == "`a\\`b`"
    assert r.text('say "hi"\\') == '"say \\"hi\\"\\\\"'
    assert stata.name("first name") == "first_name"
    assert stata.name("1st") == "_1st"
    assert len(stata.name("x" * 50)) == 32
    assert stata.text("a$b`c'") == "`\"a\\$b\\`c'\"'"
    assert "\n" not in stata.remark("one\ntwo /// three /* four")
    assert "/*" not in stata.remark("/* four")


def test_a_missing_value_satisfies_only_missing() -> None:
    some = Filter(column="x", at_least=3, one_of=(4, 5))
    assert Stata().condition(some, "x") == "x >= 3 & (x == 4 | x == 5) & !missing(x)"
    assert R().condition(some, "x") == "x >= 3 & (x %in% c(4, 5)) & !is.na(x)"
    assert Stata().condition(Filter(column="x", missing=True), "x") == "missing(x)"


@pytest.mark.parametrize("name", SHIPPED)
def test_r_can_read_its_lines(name: str, tmp_path: Path, require: Any) -> None:
    program = shutil.which("Rscript")
    require("r", program is not None, "no Rscript here")
    spec = shipped(name)
    outcome = next(iter(spec.outcomes))
    odd = spec.outcomes[outcome].model_copy(update={"column": 'an odd `name" \\ of it'})
    spec = spec.model_copy(update={"outcomes": {**spec.outcomes, outcome: odd}})
    (tmp_path / "lines.R").write_text(foreign_lines(spec, "r"), encoding="utf-8")
    done = subprocess.run(
        [str(program), "-e", "invisible(parse(file = 'lines.R', encoding = 'UTF-8'))"],
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


def test_r_prepares_the_rows_that_we_fit(rows: pd.DataFrame, tmp_path: Path, require: Any) -> None:
    program = shutil.which("Rscript")
    require("r", program is not None, "no Rscript here")
    spec = did(fixed_effects=["unit", "year"], cluster="unit")
    rows.to_csv(tmp_path / "p.csv", index=False)
    lines = foreign_lines(spec, "r").split("# main")[0]
    (tmp_path / "lines.R").write_text(f"{lines}\nwrite.csv(d, 'd.csv', row.names = FALSE)\n")
    subprocess.run([str(program), "lines.R"], cwd=tmp_path, check=True, capture_output=True)
    made = pd.read_csv(tmp_path / "d.csv")
    assert len(made) == len(rows)
    wanted = (rows["arm"] == 1) & (rows["year"] >= 4)
    assert made["ad_d"].tolist() == wanted.astype(int).tolist()


def test_another_language_is_refused() -> None:
    with pytest.raises(UsageError, match="--as sas: allowed: stata, r"):
        explain("senate", language="sas")
    with pytest.raises(UsageError, match="give --plan or --as"):
        explain("senate", language="r", plan=True)
