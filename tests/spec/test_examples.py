"""The three examples of the grammar are specs."""

from __future__ import annotations

import datetime as dt

import pytest

from evaluation.errors import SpecError
from evaluation.spec.design import DidDesign, RdDesign, StaggeredDesign
from evaluation.spec.panel import FilePanel, SyntheticPanel

AGE_DID = """
schema_version = 1
id = "age_did"
title = "Under-30 duty: ages 25-29 against 31-34, around January 2017"

[panel]
source = "synthetic"            # synthetic | file | registers | sql
world = "published_null"        # data_synth/worlds/published_null.toml
persons = 60_000
seed = 20170101
unit = "person_id"
time = "ym"
time_unit = "month"             # month (YYYYMM) | date | integer
period = "month"                # month | quarter | year: coarsen the panel
window = [2013-01-01, 2019-12-31]

[sample]
denominator = "population"      # population | recipients | main_income | no_other_benefit
rows = "person_month"
keep = [{ column = "age_months", at_least = 300, below = 420 }]
drop_periods = [[2016-07-01, 2016-12-31]]        # announced, not in force

[outcomes]
employed     = { column = "employed",     kind = "binary" }
in_education = { column = "in_education", kind = "binary" }

[design]
kind = "did"                    # did | staggered_did | rd | single_unit | none
reform_date = 2017-01-01        # or: post = { column = "year", at_least = 1981 }
treated = { column = "age_months", below = 360, assigned_at = "period_start" }
control = { column = "age_months", at_least = 372 }    # default: everyone else

[[threats]]                     # named rivals
name = "NAV youth effort 2017"
affects = "under 30, from 2017"
at_cutoff = true

[[models]]
id = "main"
estimand = "att_relative"
estimator = "twfe"
outcomes = ["employed", "in_education"]          # default: all
fixed_effects = ["muni_h", "ym"]
controls = ["female", "immigrant"]
cluster = "muni_h"

[[models]]
id = "path"
estimand = "att_by_event_time"
estimator = "twfe_event_study"
event_window = [-8, 8]
event_bin = "quarter"
event_ends = "drop"
reference = -3                  # 2016Q3 and Q4 are dropped above
cluster = "muni_h"
bands = { kind = "uniform", draws = 999, seed = 1 }

[[checks]]
kind = "pretrends"
model = "path"

[[smallest_effect_of_interest]]
outcome = "employed"
unit = "per_condition"
first_stage = "condition_imposed"
value = 0.05                    # or low = -0.05, high = 0.03

[disclosure]
policy = "registry_default"
"""

RD_HEAD = """
schema_version = 1
id = "rd_age30"
title = "Release at 30"

[panel]
source = "synthetic"
world = "published_null"
persons = 60_000
seed = 20170101
unit = "person_id"
time = "ym"
window = [2013-01-01, 2019-12-31]

[outcomes]
sa_exit = { column = "sa_exit", kind = "binary" }
employed = { column = "employed", kind = "binary" }
"""

RD = """
[design]                        # regression discontinuity
kind = "rd"
running_variable = { column = "age_months", discrete = true }
cutoff = 360
treated_side = "below"
exposure = "exposure_share"     # months at the cutoff count fractionally; or donut = 1
treatment = { column = "condition_imposed" }     # makes fuzzy models possible
reform_date = 2017-01-01                          # makes difference-in-discontinuities possible

[[models]]
id = "exit_flow"
estimand = "itt_at_cutoff"
estimator = "rd_robust"
outcomes = ["sa_exit"]
periods = "post"                # pre | post | all
kernel = "triangular"
order = 1
bandwidth = { rule = "mse" }    # or { fixed = 18, bias = 24 }
cluster = "person_id"

[[models]]
id = "stock_kink"
estimand = "kink_at_cutoff"
estimator = "rd_kink"
outcomes = ["employed"]
order = 2
bandwidth = { fixed = 12 }
cluster = "person_id"
"""

FILE_HEAD = """
schema_version = 1
id = "mpdta"
title = "Minimum wages and teen employment"
"""

FILE = """
[panel]                         # any panel at all: public data, a reviewer's extract
source = "file"
path = "${DATA}/mpdta.csv"      # csv, parquet, dta, sas7bdat
unit = "countyreal"
time = "year"

[outcomes]
lemp = { column = "lemp", kind = "continuous" }

[design]
kind = "staggered_did"
cohort = { column = "first_treat", never = 0 }
control_group = "never_treated" # never_treated | not_yet_treated
anticipation = 0
unbalanced = "keep"             # keep | drop_incomplete
always_treated = "drop"         # drop | keep_as_always: never a control, never silently

[[models]]
id = "cs"
estimand = "att_gt"
estimator = "group_time_att"
base_period = "varying"         # varying | universal
aggregate = ["simple", "event_time", "cohort", "period"]
"""


def test_difference_in_differences(load) -> None:
    spec = load(AGE_DID)
    assert isinstance(spec.panel, SyntheticPanel)
    assert (spec.panel.persons, spec.panel.seed) == (60_000, 20170101)
    assert spec.panel.window == (dt.date(2013, 1, 1), dt.date(2019, 12, 31))
    assert spec.sample.keep[0].conditions == {"at_least": 300, "below": 420}
    assert spec.sample.drop_periods == ((dt.date(2016, 7, 1), dt.date(2016, 12, 31)),)
    assert isinstance(spec.design, DidDesign)
    assert spec.design.treated is not None and spec.design.control is not None
    assert spec.design.treated.assigned_at == "period_start"
    assert spec.design.control.assigned_at == "period_end"
    assert spec.model("main").fixed_effects == ("muni_h", "ym")
    assert spec.outcomes_of(spec.model("path")) == ("employed", "in_education")
    assert spec.model("path").options.event_window == (-8, 8)
    assert spec.checks[0].name == "pretrends"
    assert spec.smallest_effect_of_interest[0].bounds == (-0.05, 0.05)


def test_regression_discontinuity(load) -> None:
    spec = load(RD_HEAD + RD)
    assert isinstance(spec.design, RdDesign)
    assert (spec.design.cutoff, spec.design.exposure) == (360, "exposure_share")
    assert spec.model("exit_flow").options.periods == "post"
    assert spec.model("stock_kink").estimator == "rd_kink"


def test_any_file(load, tmp_path) -> None:
    spec = load(FILE_HEAD + FILE, environment={"DATA": str(tmp_path)})
    assert isinstance(spec.panel, FilePanel) and isinstance(spec.design, StaggeredDesign)
    assert spec.panel.path == "${DATA}/mpdta.csv"
    assert spec.design.cohort.never == 0
    assert spec.model("cs").options.aggregate == ("simple", "event_time", "cohort", "period")


def test_an_unset_placeholder_says_how_to_set_it(load) -> None:
    with pytest.raises(SpecError, match=r"own.toml: panel.path: \$\{DATA\} is not set.*--set DATA"):
        load(FILE_HEAD + FILE)


def test_a_spec_is_frozen(short) -> None:
    spec = short()
    with pytest.raises(ValueError, match="frozen"):
        spec.id = "other"
    with pytest.raises(ValueError, match="frozen"):
        spec.models[0].estimator = "other"
