"""Who is compared, in words, for every shipped spec and for the parts of each design."""

from __future__ import annotations

import typing

import pytest

from evaluation.catalogue import catalogue
from evaluation.report.design_words import DESIGN_WORDS, design_lines
from evaluation.report.model_words import model_words
from evaluation.report.statements import model_statements
from evaluation.report.words import ENGLISH, condition_words, value_words
from evaluation.review.explain import explain
from evaluation.spec.design import (
    Design,
    DidDesign,
    NoDesign,
    RdDesign,
    SingleUnitDesign,
    StaggeredDesign,
)
from evaluation.spec.filters import Filter
from evaluation.spec.loader import read_spec
from evaluation.spec.shipped import find_spec

# spec, what, words
SHIPPED = [
    ("age_did", "treated", "rows with age_months below 360 at the start of the period"),
    ("age_did", "control", "rows with age_months at least 372 at the end of the period"),
    ("age_did", "reform", "1 January 2017; its period and later ones are after it"),
    ("age_did", "window", "1 January 2013 to 31 December 2019"),
    ("age_did", "kept", "rows with age_months at least 300 and below 420"),
    ("age_did", "periods left out", "1 July 2016 to 31 December 2016"),
    (
        "municipal_adoption",
        "adoption",
        "column adopted_ym holds the first treated period; missing means never",
    ),
    (
        "municipal_adoption",
        "control",
        "units that are not treated yet, the never treated among them",
    ),
    ("municipal_adoption", "incomplete units", "kept"),
    ("municipal_adoption", "treated from the first period on", "left out"),
    ("municipal_adoption", "rows", "one a muni_h and period: means, weighted by their rows"),
    ("release_at_30", "running variable", "age_months (discrete), cutoff 360"),
    ("release_at_30", "treated", "rows with age_months below 360"),
    ("release_at_30", "donut", "rows less than 1 from the cutoff are left out"),
    ("entry_exit_2017", "rows", "persons who received in the period before"),
    ("base_did", "control", "every other row"),
    ("base_did", "after the reform", "rows with period at least 6"),
    ("mpdta", "adoption", "column first_treat holds the first treated period; 0 means never"),
    ("mpdta", "control", "units that are never treated"),
    ("senate", "treated", "rows with margin 0 and above"),
]


def spec_of(name):
    path = find_spec(name)
    assert path is not None
    return read_spec(path, catalogue(), settings={"DATA": "data"})


@pytest.mark.parametrize(("name", "what", "words"), SHIPPED)
def test_shipped_specs(name, what, words):
    assert (what, words) in design_lines(spec_of(name))


# design, what, words
DESIGNS = [
    (
        DidDesign(kind="did", treatment={"column": "dose"}),
        "treatment",
        "column dose, as it varies over rows",
    ),
    (
        DidDesign.model_validate(
            {
                "kind": "did",
                "treated": {
                    "column": "age",
                    "below": 30,
                    "assigned_at": {"date": "2016-12-31"},
                },
            },
            strict=False,
        ),
        "treated",
        "rows with age below 30 on 31 December 2016, decided once",
    ),
    (
        StaggeredDesign(kind="staggered_did", cohort={"column": "g"}, anticipation=2),
        "anticipation",
        "up to 2 periods before adoption",
    ),
    (
        RdDesign(kind="rd", running_variable={"column": "x"}, cutoff=-1.5, treated_side="above"),
        "control",
        "rows with x below \N{MINUS SIGN}1.5",
    ),
    (
        SingleUnitDesign.model_validate(
            {"kind": "single_unit", "treated": {"column": "unit", "equals": "oslo"}}
        ),
        "donors",
        "every other unit",
    ),
    (
        NoDesign(kind="none", missing=("dates", "donors")),
        "no_design",
        "the data cannot answer; missing: dates and donors",
    ),
]


@pytest.mark.parametrize(("design", "what", "words"), DESIGNS)
def test_designs(design, what, words):
    assert (what, words) in tuple(DESIGN_WORDS[design.kind](design, ENGLISH))


def test_every_kind_has_words():
    kinds = {
        typing.get_args(one.model_fields["kind"].annotation)[0]
        for one in typing.get_args(typing.get_args(Design)[0])
    }
    assert set(DESIGN_WORDS) == kinds


def test_filters_in_words():
    assert condition_words(Filter(column="a_b", one_of=("x_y", "z"))) == "a_b one of x_y or z"
    assert condition_words(Filter(column="a", missing=True)) == "a missing"


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ((-8, 8), "\N{MINUS SIGN}8, 8"),
        (True, "yes"),
        (60_000, "60000"),
        ("event_time", "event time"),
    ],
)
def test_values_in_words(value, words):
    assert value_words(value) == words


def test_a_model_names_its_outcomes_and_what_was_set():
    spec = spec_of("age_did")
    assert model_words(spec, spec.model("path")) == (
        "outcomes Employed, In education; event window \N{MINUS SIGN}8, 8; event bin quarter; "
        "event ends drop; reference \N{MINUS SIGN}3; bands kind uniform, draws 999, seed 1"
    )


def test_a_check_that_is_only_planned_says_so(monkeypatch):
    monkeypatch.setattr("evaluation.report.spoken_to.PLANNED", frozenset({"anticipation"}))
    path = model_statements(spec_of("age_did"))[1]
    spoken = dict(path.assumptions)
    assert spoken["no anticipation at event time -3"] == (
        "not checked here; anticipation (not available yet) would speak to it"
    )
    assert any(words.startswith("checked here by pretrends") for words in spoken.values())


@pytest.mark.parametrize("name", ["age_did", "municipal_adoption", "release_at_30"])
def test_explain_shows_the_design(name):
    spec = spec_of(name)
    text = explain(spec)
    assert all(f"  {what}: {words}" in text for what, words in design_lines(spec))
    assert "Standard errors are " in text
