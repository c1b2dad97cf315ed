"""``explain --plan``: the plan in words, with and without a source at hand."""

import pandas as pd
import pytest
from typer.testing import CliRunner

from evaluation.cli import app

SPEC = """
schema_version = 1
id = "words"
title = "Words"

[panel]
source = "file"
path = "${DATA}/rows.parquet"
unit = "person_id"
time = "ym"
time_unit = "month"
window = [2013-01-01, 2013-12-31]
weight = "pop"

[sample]
keep = [{ column = "age", at_least = 300, below = 420 }]

[outcomes]
wage = { column = "wage", kind = "nok", transform = "log" }

[design]
kind = "did"
reform_date = 2013-07-01
treated = { column = "age", below = 360 }

[[models]]
id = "main"
estimand = "att_relative"
estimator = "twfe"
fixed_effects = ["muni", "ym"]
controls = ["female", "wealth"]
cluster = "muni"

[[models]]
id = "by_person"
estimand = "att_relative"
estimator = "twfe"
cluster = "person_id"

[[models]]
id = "no"
estimand = "att_relative"
estimator = "twfe"
cluster = "person_id"
variance = "cr3"
"""
UNKNOWN = """\
Plan of words: 2 of 3 models from cells, 3 passes over the rows.
Source file: not at hand, so nothing is known of its columns.
Sample: window 2013-01-01 to 2013-12-31; keep age at least 300 and below 420.

Pass cells_1, for main, by_person
  key        ym, muni, ad_treated (design.treated)
  sums       rows, weight pop, log(wage), female, wealth
  products   log(wage) × log(wage), log(wage) × female, log(wage) × wealth, female × female, \
female × wealth, wealth × wealth
  cells      about 24 at most for each value of muni; how many is unknown

Units: one pass over the histories of person_id by ym
  counts     rows and units of every step; repeated rows; units behind every model; units in which \
muni changes

Model main: from cells_1.
Model by_person: from cells_1; scores by person_id in a second pass over the rows.
Model no: from the rows, since cr3 deletes one person_id at a time: their Gram matrices are rows.
"""
KNOWN_PASS = """\
  key        ym, muni, ad_treated (design.treated)
  sums       rows, weight pop, log(wage), female, wealth
  products   log(wage) × log(wage), log(wage) × female, log(wage) × wealth, female × female, \
female × wealth, wealth × wealth
  first by   female: few values, summed over in the same pass
  cells      about 40 at most
"""


def explained(tmp_path, *words):
    (tmp_path / "words.toml").write_text(SPEC, encoding="utf-8")
    done = CliRunner().invoke(app, ["explain", str(tmp_path / "words.toml"), "--plan", *words])
    assert done.exit_code == 0, done.output
    return done.output


def test_without_a_source(tmp_path, monkeypatch):
    monkeypatch.delenv("DATA", raising=False)
    assert explained(tmp_path) == UNKNOWN


def test_facts_of_a_source_at_hand_change_the_plan(tmp_path):
    rows = pd.DataFrame(
        {
            "person_id": range(40),
            "ym": [201301 + at % 12 for at in range(40)],
            "age": [300 + at for at in range(40)],
            "muni": [1 + at % 4 for at in range(40)],
            "pop": 1,
            "female": [at % 2 for at in range(40)],
            "wealth": [at / 7 for at in range(40)],
            "wage": 100,
        }
    )
    (tmp_path / "data").mkdir()
    rows.to_parquet(tmp_path / "data" / "rows.parquet")
    text = explained(tmp_path, "--set", f"DATA={tmp_path / 'data'}")
    assert "Source file: at hand, 40 rows." in text
    assert KNOWN_PASS in text


@pytest.mark.parametrize("spec", ["age_did", "municipal_adoption", "release_at_30"])
def test_shipped_specs_have_a_plan(spec):

    done = CliRunner().invoke(app, ["explain", spec, "--plan"])
    assert done.exit_code == 0 and f"Plan of {spec}: " in done.output
    assert "at hand" in done.output
