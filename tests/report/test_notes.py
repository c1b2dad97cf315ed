"""What must stand beside estimates."""

from __future__ import annotations

import datetime as dt

import pytest

from evaluation.catalogue import catalogue
from evaluation.report.notes import notes_of
from evaluation.spec.loader import read_spec
from evaluation.spec.shipped import find_spec

# spec, settings, fragments of the notes
NOTES = [
    ("age_did", {}, ["national shocks"]),
    ("age_did", {"sample.denominator": "recipients"}, ["selected by receipt", "national shocks"]),
    ("age_did", {"models.main.estimand": "att"}, ["without carry-over", "national shocks"]),
    (
        "age_did",
        {
            "models.main.estimand": "att",
            "design.treated.assigned_at": {"date": dt.date(2016, 12, 31)},
        },
        ["national shocks"],
    ),
    ("age_did", {"sample.rows": "at_risk_entry"}, ["who is at risk of entry", "national shocks"]),
    ("age_did", {"sample.rows": "entry"}, ["selected by receipt", "who enters", "national"]),
    (
        "age_did",
        {"outcomes.employed.lead_months": 12},
        ["rows before the reform whose outcome date", "national shocks"],
    ),
    ("municipal_adoption", {}, []),
    (
        "release_at_30",
        {},
        [
            "The rows of sa_exit in models exit_flow and exit_honest are selected by receipt",
            "The rows of sa_entry in model exit_flow are of those who did not receive",
            "sa_exit and sa_entry are of those at risk",
        ],
    ),
    (
        "age_did",
        {"sample.keep": [{"column": "sa_received", "equals": 1}]},
        ["The sample is selected by receipt", "national shocks"],
    ),
    (
        "age_did",
        {"models.main.keep": [{"column": "sa_exit", "missing": False}]},
        ["The rows of employed and in_education in model main are selected", "national shocks"],
    ),
    (
        "release_at_30",
        {"sample.rows": "at_risk_exit", "models.exit_flow.outcomes": ["employed"]},
        [
            "selected by receipt",
            "who is at risk of exit",
            "a local-linear jump in employed is biased",
        ],
    ),
    ("senate", {}, []),
]


@pytest.mark.parametrize(("spec_id", "settings", "fragments"), NOTES)
def test_notes(spec_id, settings, fragments):
    path = find_spec(spec_id)
    assert path is not None
    notes = notes_of(read_spec(path, catalogue(), settings=settings))
    assert len(notes) == len(fragments)
    assert all(fragment in note for fragment, note in zip(fragments, notes, strict=True))
