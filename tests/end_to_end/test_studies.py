"""Every study of the catalogue is whole: header, text, trial, variants; and the list says so."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType

import pytest

from evaluation import Spec, load_spec
from evaluation.catalogue import catalogue
from evaluation.commands.catalogues import catalogue_of
from evaluation.data.coupled import facts_of
from evaluation.data.functionals.contract import Case
from evaluation.data.periods import calendar_of
from evaluation.data.truth import functional_of
from evaluation.data.truth_columns import first_stage_of
from evaluation.review.explain import explain
from evaluation.spec.availability import not_available
from evaluation.spec.panel import SyntheticPanel
from evaluation.spec.studies import ORDER, Study, studies, study_of, verdicts
from evaluation.spec.time_rules import time_unit_of

ALL = studies()
MAINS = [one for one in ALL if not one.base]
BY_ID = {one.id: one for one in ALL}


def _id(one: Study) -> str:
    return one.id


@pytest.fixture(scope="module")
def specs() -> Mapping[str, Spec]:
    return {one.id: load_spec(one.path) for one in ALL}


@pytest.fixture(scope="module")
def panels(root: Path) -> ModuleType:
    for folder in (root / "tests" / "simulation", root / ".ci"):
        if str(folder) not in sys.path:
            sys.path.append(str(folder))
    return importlib.import_module("study_panels.trial")


@pytest.mark.parametrize("one", ALL, ids=_id)
def test_a_study_says_what_it_is(one: Study, specs: Mapping[str, Spec]) -> None:
    assert one.id == one.path.stem
    assert one.header.missing == ()
    assert one.path.read_text(encoding="utf-8").startswith("#:schema ")
    spec = specs[one.id]
    assert not_available(spec, catalogue()) == []
    assert spec.threats
    assert spec.title in explain(spec)


@pytest.mark.parametrize("one", MAINS, ids=_id)
def test_a_main_estimate_has_an_estimand_and_a_world(one: Study, specs: Mapping[str, Spec]) -> None:
    spec = specs[one.id]
    assert isinstance(spec.panel, SyntheticPanel)
    assert spec.disclosure is not None and spec.disclosure.policy == "registry_default"
    if one.refuses:
        return
    model = spec.models[0]
    outcome = spec.outcomes[spec.outcomes_of(model)[0]]
    calendar = calendar_of(None, time_unit_of(spec) or "month", spec.panel.period)
    stage = first_stage_of(spec, outcome)
    functional = functional_of(model.estimand)
    assert spec.design.kind in functional.DESIGNS
    assert not functional.absent(Case(spec, model, outcome, calendar, facts_of(spec), stage))


def test_variants_vary_a_study_that_exists() -> None:
    for one in ALL:
        if one.base:
            assert one.base in BY_ID and not BY_ID[one.base].base
            assert one.path.stem.startswith(f"{one.base}_")
    titles = [study.title for study in ALL]
    assert len(set(titles)) == len(titles)


def test_every_study_is_judged_by_a_trial(panels: ModuleType) -> None:
    trials = panels.read_trials()
    assert set(trials) == {one.id for one in MAINS}
    for one in MAINS:
        assert (trials[one.id].judged == "refuses") == one.refuses


def test_a_trial_asks_what_its_study_can_say(panels: ModuleType) -> None:
    asked = importlib.import_module("study_panels.asked")
    lines = asked.all_lines()
    assert len(lines) >= len(MAINS)
    for key, line in lines.items():
        spec = asked.spec_of(line)
        assert spec.models or line.expected == "refuses", key
        assert spec.panel.persons == line.persons


def test_a_trial_that_says_too_little_or_too_much_is_refused(panels: ModuleType) -> None:
    good = {"persons": 10, "models": ["m"], "outcomes": ["y"], "replications": 20}
    assert panels.Trial.model_validate(good).judged == "coverage"
    placebo = {"model": "m", "outcome": "y", "null_in": "published_null"}
    wrong: list[dict[str, object]] = [
        {**good, "extra": 1},
        {**good, "models": []},
        {**good, "judged": "well"},
        {**good, "replications": 2_001},
        {**good, "resampling": True, "replications": 501},
        {**good, "reassigned": ["0301"]},
        {**good, "placebo": [{**placebo, "check": "c"}]},
        {**good, "placebo": [{"outcome": "y", "null_in": "published_null"}]},
        {**good, "placebo": [placebo, placebo]},
    ]
    for tables in wrong:
        with pytest.raises(ValueError, match="1 validation error"):
            panels.Trial.model_validate(tables)


def test_the_list_shows_every_study_in_the_order_of_evidence() -> None:
    text = catalogue_of("studies")
    lines = text.splitlines()
    assert max(len(line) for line in lines) <= 120
    shown = [line.split()[0] for line in lines if line.split() and line.split()[0] in BY_ID]
    assert shown == [one.id for one in ALL]
    mains = [one.id for one in MAINS]
    assert mains == sorted(mains, key=[*ORDER, *sorted(mains)].index)
    refusing = text.count("refuses to estimate")
    assert refusing == sum(one.refuses for one in ALL)
    assert "age_triple_difference" in text  # the other specs follow


def test_what_was_found_is_of_studies_that_exist() -> None:
    assert set(verdicts()) <= {one.id for one in MAINS}


def test_a_variant_is_read_with_what_it_extends(tmp_path: Path) -> None:
    folder = tmp_path / "studies" / "variants"
    folder.mkdir(parents=True)
    (folder.parent / "base.toml").write_text(
        'id = "base"\ndesign = { kind = "rd" }\npanel = { world = "work_effect" }\n'
        'models = [{ id = "m", estimator = "rd_robust" }]\n',
        encoding="utf-8",
    )
    own = folder / "base_young.toml"
    own.write_text(
        '# Question      Younger?\nextends = "../base.toml"\nid = "base_young"\n'
        'models = [{ id = "n", estimator = "rd_kink" }]\n',
        encoding="utf-8",
    )
    found = study_of(own)
    assert (found.base, found.design, found.world) == ("base", "rd", "work_effect")
    assert found.estimators == ("rd_robust", "rd_kink")
    assert found.question == "Younger?"
