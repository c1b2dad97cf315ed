"""Bad input, one case a row: how a tiny study is spoiled, its exit code, and its whole message.

``says`` has one entry for each line of the message; ``…`` stands for any text. Beside the message,
every case holds that no row's value is shown and that outputs are as they were.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

ROOT = Path(__file__).resolve().parents[2]
LABELS = {2: "usage", 10: "spec", 11: "data", 12: "estimation", 13: "disclosure",
          14: "verification", 15: "environment", 16: "gate"}  # fmt: skip
SECRETS = ("987654321", "SECRET123", "31337.25")

HEAD = """
schema_version = 1
id = "tiny"
title = "Tiny"
"""
PANEL = """
[panel]
source = "file"
path = "tiny.csv"
unit = "unit"
time = "t"

[outcomes]
y = { column = "y", kind = "continuous" }
"""
POST = 'post = { column = "t", at_least = 4 }'
DID = f"""{HEAD}{PANEL}
[design]
kind = "did"
treated = {{ column = "treat", equals = 1 }}
{POST}

[[models]]
id = "main"
estimand = "att"
estimator = "twfe"
cluster = "town"
"""
EVENTS = DID.replace('"att"', '"att_by_event_time"').replace('"twfe"', '"twfe_event_study"')
STAGGERED = f"""{HEAD}{PANEL}
[design]
kind = "staggered_did"
cohort = {{ column = "cohort", never = 0 }}

[[models]]
id = "main"
estimand = "att_gt"
estimator = "group_time_att"
"""
RD = f"""{HEAD}{PANEL}
[design]
kind = "rd"
running_variable = {{ column = "score" }}
cutoff = 0
treated_side = "above"

[[models]]
id = "main"
estimand = "itt_at_cutoff"
estimator = "rd_polynomial"
"""
DIFFERENCE = RD.replace('"itt_at_cutoff"', '"change_in_itt_at_cutoff"').replace(
    '"rd_polynomial"', '"rd_difference"'
)
KINK = RD.replace('"itt_at_cutoff"', '"kink_at_cutoff"').replace('"rd_polynomial"', '"rd_kink"')
FLOW = (
    RD.replace('"itt_at_cutoff"', '"kink_at_cutoff"')
    .replace('"rd_polynomial"', '"rd_flow"\nentry = "came"\nexit = "went"\ncluster = "unit"')
    .replace('column = "score"', 'column = "age_months", discrete = true')
    .replace("cutoff = 0", "cutoff = 0\ndonut = 1")
)
FUZZY = RD.replace('"itt_at_cutoff"', '"late_at_cutoff"').replace('"rd_polynomial"', '"rd_fuzzy"')
YEARLY = RD.replace(
    'column = "score" }',
    'column = "score" }\ntreatment = { column = "treat", records = "first_of_year" }',
)
ACROSS = DID.replace(
    'source = "file"\npath = "tiny.csv"',
    'source = "registers"\nmapping = "x.toml"\nwindow = [2009-01-01, 2023-12-01]',
).replace('column = "y"', 'column = "employed"')
EXPOSED = RD.replace(
    'column = "score" }', 'column = "score", discrete = true }\nexposure = "share"'
)
AT_30 = RD.replace('column = "score"', 'column = "age_months", discrete = true').replace(
    "cutoff = 0", "cutoff = 360\ndonut = 1"
)
SYNTHETIC = DID.replace(
    'source = "file"\npath = "tiny.csv"',
    'source = "synthetic"\nworld = "published_null"\npersons = 10\nseed = 1',
)
EFFECT = '[[smallest_effect_of_interest]]\noutcome = "y"\n'
FAMILY = '[[families]]\nid = "all"\n'
OTHER = (
    '[[models]]\nid = "other"\nestimand = "att"\nestimator = "twfe"\n'
    'fixed_effects = ["unit", "t"]\ncluster = "town"\n'
)
BOTH = 'models = ["main", "other"]\n'
WORTH = '[[worth]]\nid = "sum"\nunit = "NOK"\n'
TIME = 'time = "t"'
NESTED = "x = " + "[" * 2000 + "]" * 2000
OUTSIDE = (
    "tiny.toml: panel.path: lies outside the folders that this spec may read … pass --allow FOLDER…"
)
NO_PATH = "tiny.toml: panel.path: is no path …; give a plain path"
RAGGED = "tiny.csv: lines differ in their number of fields; check panel.separator …"
UNREADABLE = "tiny.…: is not a whole … file; … it again"

Rows = Callable[[pd.DataFrame], pd.DataFrame]
Files = Callable[[Path], object]


@dataclass(frozen=True)
class Case:
    """One spoiled study.

    ``swap`` changes the spec's text, ``add`` lengthens it, ``rows`` changes the data, ``files``
    the folder; ``words`` is the command, where OUT is the folder of outputs.
    """

    id: str
    code: int
    says: tuple[str, ...]
    spec: str = DID
    swap: tuple[str, str] = ("", "")
    add: str = ""
    rows: Rows | None = None
    files: Files | None = None
    words: str = "run tiny.toml --out OUT"


def put(name: str, content: str | bytes) -> Files:
    data = content.encode() if isinstance(content, str) else content
    return lambda folder: (folder / name).write_bytes(data)


def set_(**columns: object) -> Rows:
    return lambda rows: rows.assign(**columns)


def exposed(at: int, share: float | None) -> Rows:
    """Give rows the share above 0 of whole scores, and those of one score another share."""

    def change(rows: pd.DataFrame) -> pd.DataFrame:
        score = rows.score + 0.5
        known = (score > 0) + 0.5 * (score == 0)
        return rows.assign(score=score, share=known.where(score != at, share))

    return change


def edit(old: str, new: str, encoding: str = "utf-8") -> Files:
    """Change the text of the csv file; an empty ``old`` appends a line."""

    def change(folder: Path) -> None:
        text = (folder / "tiny.csv").read_text(encoding="utf-8")
        text = text.replace(old, new) if old else text + new
        (folder / "tiny.csv").write_bytes(text.encode(encoding))

    return change


def parquet(change: Callable[[bytes], bytes] = bytes, **columns: object) -> Files:
    def write(folder: Path) -> None:
        rows = pd.read_csv(folder / "tiny.csv").assign(**columns)
        rows.to_parquet(folder / "tiny.parquet")
        whole = (folder / "tiny.parquet").read_bytes()
        (folder / "tiny.parquet").write_bytes(change(whole))

    return write


def own_policy(text: str) -> Files:
    """Put a policy called ``mine`` beside the spec."""

    def write(folder: Path) -> None:
        (folder / "policies").mkdir()
        (folder / "policies" / "mine.toml").write_text(text, encoding="utf-8")

    return write


def link(name: str, to: str) -> Files:
    return lambda folder: (folder / name).symlink_to(folder / to)


PARQUET = ("tiny.csv", "tiny.parquet")
AT_30 = RD.replace('{ column = "score" }', '{ column = "age_months", discrete = true }').replace(
    "cutoff = 0", "cutoff = 360\ndonut = 1"
)
BALANCE = '[[checks]]\nkind = "covariate_balance"\ncolumns = '
SELECTION = '[[checks]]\nkind = "selection_near_cutoff"\n'

JOIN = '[[joins]]\npath = "a.csv"\non = ["town"]\ncolumns = { regime = "kind" }\n'
KEEP_REGIME = '[sample]\nkeep = [{ column = "regime", not_equals = "z" }]'
TOWNS = "".join(f"{town},x\n" for town in range(12))
CODED = '[[joins]]\npath = "a.csv"\non = ["name"]\ncolumns = { regime = "kind" }\n'

HUNDRED = ", ".join(f'["{n}"]' for n in range(100))
UNIVERSE = "".join(
    f'[[vary]]\npath = "{path}"\nvalues = [{values}]\n'
    for path, values in (
        ("models.main.controls", HUNDRED),
        ("models.main.fixed_effects", HUNDRED),
        ("design.post.at_least", ", ".join(map(str, range(100)))),
    )
)

CASES = (
    # The text of the spec: keys, types, choices.
    Case("unknown language", 10, swap=('title = "Tiny"', 'title = "Tiny"\nlang = "nn"'),
         says=("tiny.toml: lang: no language 'nn'…(there are: en, nb)",)),
    Case("label without the spec's language", 10,
         swap=('kind = "continuous" }', 'kind = "continuous", label = { nb = "Y" } }'),
         says=("tiny.toml: outcomes.y.label: says nothing in 'en', the language of this spec; "
               "add it",)),
    Case("label in a language that is none", 10,
         swap=('kind = "continuous" }', 'kind = "continuous", label = { en = "Y", xx = "Y" } }'),
         says=("tiny.toml: outcomes.y.label: no language 'xx' (there are: en, nb)",)),
    Case("unknown key at the top", 10, add='[panels]\nunit = "unit"',
         says=("tiny.toml: panels: unknown key; did you mean panel? (allowed here: …)",)),
    Case("unknown key in the panel", 10, swap=('unit = "unit"', 'units = "unit"'),
         says=("tiny.toml: panel.units: unknown key; did you mean unit? (allowed here: unit, …)",)),
    Case("unknown key in a model", 10, swap=("cluster =", "clusters ="),
         says=("tiny.toml: models.main.clusters: unknown key; did you mean cluster …",)),
    Case("unknown key in a nested table", 10, swap=("equals = 1", "equal = 1"),
         says=("tiny.toml: design.treated.equal: unknown key; did you mean equals …",)),
    Case("unknown option of an estimator", 10, spec=EVENTS, add="event_windows = [-2, 2]",
         says=("tiny.toml: models.main.event_windows: unknown key; did you mean event_window …",)),
    Case("wrong type", 10, swap=('unit = "unit"', "unit = 5"),
         says=("tiny.toml: panel.unit: found 5; allowed: a string",)),
    Case("wrong choice", 10, swap=('"continuous"', '"continuos"'),
         says=("tiny.toml: outcomes.y.kind: found 'continuos'; allowed: binary, share, "
               "continuous, count, nok; did you mean continuous?",)),
    Case("a table of an unknown model", 10, add='[[tables]]\nid = "t"\ncolumns = ["mian"]',
         says=("tiny.toml: tables.t.columns: no model or outcome or statistic 'mian'; did you mean "
               "main? (there are: main, y)",)),
    Case("a table of an unknown outcome", 10,
         add='[[tables]]\nid = "t"\ncolumns = ["main"]\nrows = ["x1"]',
         says=("tiny.toml: tables.t.rows: no model or outcome or place 'x1' (there are: …)",)),
    Case("a line below a table that nobody knows", 10,
         add='[[tables]]\nid = "t"\ncolumns = ["main"]\nfooter = ["n_ob"]',
         says=("tiny.toml: tables.t.footer…: found 'n_ob'; allowed: estimate, std_error, …; did "
               "you mean n_obs…?",)),
    Case("missing key", 10, swap=('column = "y", ', ""),
         says=("tiny.toml: outcomes.y.column: is missing; it must be given",)),
    Case("missing table", 10, spec=HEAD + PANEL,
         says=("tiny.toml: design: is missing; it must be given",)),
    Case("several faults", 10, swap=('path = "tiny.csv"\nunit = "unit"', 'path = 3\nunits = "u"'),
         add='controls = "x"\nvariance = "hc4"',
         says=("tiny.toml: panel.path: found 3; allowed: a string",
               "tiny.toml: panel.units: unknown key; did you mean unit? …",
               "tiny.toml: models.main.controls: found 'x'; allowed: an array",
               "tiny.toml: models.main.variance: found 'hc4'; allowed: iid, …")),
    Case("empty spec", 10, files=put("tiny.toml", ""),
         says=tuple(f"tiny.toml: {key}: is missing; it must be given" for key in
                    ("schema_version", "id", "title", "panel", "outcomes", "design"))),
    Case("no models", 10, spec=DID.split("[[models]]")[0],
         says=("tiny.toml: models: there are none; add [[models]] …",)),
    Case("models given as a table", 10, swap=("[[models]]", "[models]"),
         says=("tiny.toml: models: found a table; allowed: an array",)),
    Case("outcomes given as an array", 10, swap=("[outcomes]\ny = ", "[[outcomes]]\ny = "),
         says=("tiny.toml: outcomes: found an array; allowed: a table",)),
    Case("design without kind", 10, swap=('kind = "did"\n', ""),
         says=("tiny.toml: design.kind: is missing; it must be given",)),
    Case("unknown design", 10, swap=('kind = "did"', 'kind = "dd"'),
         says=("tiny.toml: design.kind: found 'dd'; allowed: did, …; did you mean did?",)),
    Case("not a number", 10, spec=RD, swap=("cutoff = 0", "cutoff = nan"),
         says=("tiny.toml: design.cutoff: found nan; allowed: …a finite number",)),
    Case("infinite number", 10, add=EFFECT + 'unit = "per_person"\nvalue = inf',
         says=("tiny.toml: smallest_effect_of_interest.1.value: found inf; allowed: a finite …",)),
    Case("a number beyond 64 bits", 10, swap=("equals = 1", "equals = " + "9" * 5000),
         says=("tiny.toml: is not TOML: a whole number is larger than 64 bits",)),
    Case("deep nesting", 10, add=NESTED,
         says=("tiny.toml: is not TOML: arrays and tables nest deeper than 40 levels",)),
    Case("an outcome's name with a line break", 10, swap=("y = {", '"ø;\\n" = {'),
         says=("tiny.toml: outcomes.ø;\\n: found the name 'ø;\\n'; allowed: text that matches …",)),
    Case("an outcome's name of 200 letters", 10, swap=("y = {", "y" * 200 + " = {"),
         says=("tiny.toml: outcomes.yyy…: found the name 'yyy…; allowed: at most 60 characters",)),
    Case("unknown encoding", 10, swap=("unit = ", 'encoding = "utf-42"\nunit = '),
         says=("tiny.toml: panel.encoding: found 'utf-42'; allowed: a text encoding such as …",)),
    Case("separator of two characters", 10, swap=("unit = ", 'separator = ";;"\nunit = '),
         says=("tiny.toml: panel.separator: found ';;'; allowed: one character that is no …",)),
    Case("key with a line break", 10, add='"a\\nb" = 1',
         says=("tiny.toml: models.main.a\\nb: unknown key …",)),
    # Names.
    Case("unknown estimator", 10, swap=('"twfe"', '"tfwe"'),
         says=("tiny.toml: models.main.estimator: unknown estimator 'tfwe'; did you mean twfe? "
               "(there are: …)",)),
    Case("unknown estimator, other keys checked", 10, swap=('"twfe"', '"tfwe"'), add="controls = 1",
         says=("tiny.toml: models.main.controls: found 1; allowed: an array",
               "tiny.toml: models.main.estimator: unknown estimator 'tfwe'; …")),
    Case("estimator that does not fit the design", 10, swap=('"twfe"', '"rd_polynomial"'),
         says=("tiny.toml: models.main.estimator: 'rd_polynomial' does not fit design.kind 'did' "
               "(it fits: rd)",)),
    Case("fuzzy design without a treatment", 10, spec=FUZZY,
         says=("tiny.toml: models.main.estimator: 'rd_fuzzy' needs design.treatment, …",)),
    Case("treatment identical on both sides", 11, spec=FUZZY,
         swap=("cutoff = 0", 'cutoff = 0\ntreatment = { column = "one" }'), rows=set_(one=1),
         says=("main: y: outcome y: design.treatment has one value in all … rows, so it changes "
               "nowhere: …",)),
    Case("yearly treatment in a monthly design", 10, spec=YEARLY,
         says=("tiny.toml: design.treatment: 'treat' records the first condition of a calendar "
               "year, which is no first stage at other ages …",)),
    Case("field of 11F as a monthly treatment", 10, spec=YEARLY,
         swap=('"treat", records = "first_of_year"', '"VILKARSOSLOV"'),
         says=("tiny.toml: design.treatment: 'VILKARSOSLOV' records the first condition …",)),
    Case("yearly treatment at another age than its decision's", 10, spec=YEARLY,
         swap=("[outcomes]", '[sample]\nrows = "first_of_year"\n\n[outcomes]'),
         says=("tiny.toml: design.treatment: 'treat' belongs to the age at the first decision of "
               "the year, and the running variable is 'score'; …",
               "tiny.toml: design.treatment: 'treat' belongs to the first month of receipt in …")),
    Case("first rows of a year without months", 10,
         swap=("[outcomes]", '[sample]\nrows = "first_of_year"\n\n[outcomes]'),
         add='', words="run tiny.toml --out OUT --set panel.time_unit='\"integer\"'",
         says=("tiny.toml: sample.rows: 'first_of_year' counts months, but panel.time_unit …",)),
    Case("first rows of a year in quarters", 10,
         swap=(TIME, f'{TIME}\ntime_unit = "month"\nperiod = "quarter"\n\n'
                     '[sample]\nrows = "first_of_year"'),
         says=("tiny.toml: sample.rows: 'first_of_year' keeps a month, but panel.period is …",)),
    Case("first stage of no treatment", 10, spec=RD, add='[[checks]]\nkind = "first_stage"',
         says=("tiny.toml: checks.first_stage.columns: is missing; name the treatment …",)),
    Case("first stage of a yearly field", 10, spec=RD,
         add='[[checks]]\nkind = "first_stage"\ncolumns = ["VILKARUTD"]',
         says=("tiny.toml: checks.first_stage.columns: 'VILKARUTD' records the first …",)),
    Case("other rules that nobody names", 10, spec=RD, add='[[checks]]\nkind = "other_rules"',
         says=("tiny.toml: checks.other_rules.rules: is missing; declare [[threats]] with …",)),
    Case("a rule named twice", 10, spec=RD,
         add='[[checks]]\nkind = "other_rules"\nrules = [{ name = "x" }, { name = "x" }]',
         says=("tiny.toml: checks.other_rules.rules: 'x' stands twice, …",)),
    Case("dose without a cutoff", 10, add='[[checks]]\nkind = "dose"',
         says=("tiny.toml: checks.dose: speaks of a cutoff, and design.kind is 'did'; remove it",)),
    Case("one column for both doses", 10, spec=RD,
         add='[[checks]]\nkind = "dose"\ncurrent = "treat"\npast = "treat"',
         says=("tiny.toml: checks.dose.past: is the column of current too; …",)),
    Case("change over a reform without its date", 10, spec=DIFFERENCE,
         says=("tiny.toml: models.main.between: 'periods' needs design.reform_date",)),
    Case("triple difference at a cutoff without its design", 10, spec=DIFFERENCE,
         add='between = "both"',
         says=("tiny.toml: models.main.between: 'both' needs design.reform_date",
               "tiny.toml: models.main.between: 'both' needs design.third, the group whose …")),
    Case("change over a reform from one period", 10, spec=DIFFERENCE, add='periods = "post"',
         says=("tiny.toml: models.main: between = 'periods' needs periods = 'all'",)),
    Case("bandwidths by side where one is common", 10, spec=DIFFERENCE,
         add='bandwidth = { rule = "mse_two" }',
         says=("tiny.toml: models.main.bandwidth.rule: found 'mse_two'; allowed: mse, …",)),
    Case("change of a kink of order 0", 10, spec=DIFFERENCE.replace("_itt_", "_kink_"),
         swap=("cutoff = 0", "cutoff = 0\nreform_date = 2004-01-01"), add="order = 0",
         says=("tiny.toml: models.main.order: found 0; a kink is a change of slope and needs …",)),
    Case("years before the reform of a model that compares them", 10, spec=DIFFERENCE,
         swap=("cutoff = 0", "cutoff = 0\nreform_date = 2004-01-01"),
         add='[[checks]]\nkind = "placebo_period"',
         says=("tiny.toml: checks.placebo_period: model 'main' has no periods (…",)),
    Case("exemptions as outcome at age 30", 10, spec=AT_30,
         swap=('y = { column = "y"', 'y = { column = "VEDTAKHELSE"'),
         says=("tiny.toml: outcomes.y.column: 'VEDTAKHELSE' cannot serve at age 30: exemptions are "
               "recorded only for persons under 30; leave it out",)),
    Case("share of the month under 30 as control at age 30", 10, spec=AT_30,
         add='controls = ["exposure_share"]',
         says=("tiny.toml: models.main.controls: 'exposure_share' cannot serve at age 30: … see "
               "design.exposure; leave it out",)),
    Case("conditions balanced at age 30", 10, spec=AT_30, add=BALANCE + '["condition_imposed"]',
         says=("tiny.toml: checks.covariate_balance.columns: 'condition_imposed' cannot serve …",)),
    Case("a universe of a million specifications", 10, add=UNIVERSE,
         says=("tiny.toml: vary: makes 1,000,000 specifications, models.main.controls (100) × "
               "models.main.fixed_effects (100) × design.post.at_least (100); allowed: …",)),
    Case("an axis of no key", 10, add='[[vary]]\npath = "models.main.contols"\nvalues = [[]]',
         says=("tiny.toml: vary.1.path: models.main.contols: unknown key; did you …",)),
    Case("a value that breaks the spec", 10,
         add='[[vary]]\npath = "models.main.variance"\nvalues = ["cr1", "hc4"]',
         says=("tiny.toml: vary.1.values: \"hc4\": models.main.variance: found 'hc4'; …",)),
    Case("an axis given twice", 10,
         add='[[vary]]\npath = "design.post.at_least"\nvalues = [3]\n' * 2,
         says=("tiny.toml: vary: 'design.post.at_least' stands 2 times; give one axis all of …",)),
    Case("a covariate balanced twice", 10, spec=RD, add=BALANCE + '["x", "x"]',
         says=("tiny.toml: checks.covariate_balance.columns: names 'x' more than once; name …",)),
    Case("balance at a cutoff without one", 10, add=BALANCE + '["x"]',
         says=("tiny.toml: checks.covariate_balance: speaks of a cutoff, and design.kind is 'did'; "
               "remove it",)),
    Case("density of population age", 10, spec=AT_30, add=SELECTION + 'counts = "population"',
         says=("tiny.toml: checks.selection_near_cutoff.counts: found 'population'; nobody chooses "
               "an age, so that the density of population age is an empty test; …",)),
    Case("density of rows by age", 10, spec=AT_30, add=SELECTION + 'counts = "rows"',
         says=("tiny.toml: checks.selection_near_cutoff.counts: found 'rows'; nobody chooses …",)),
    Case("concordance with itself", 10,
         add='[[checks]]\nkind = "concordance"\nagainst = { spec = "tiny", model = "main" }',
         says=("tiny.toml: checks.concordance.against.spec: 'tiny' is this spec; name …",)),
    Case("group of nobody at a cutoff", 11, spec=DIFFERENCE,
         swap=("cutoff = 0", 'cutoff = 0\nthird = { column = "town", equals = 99 }'),
         add='between = "third"',
         says=("design.third: no row is of the third difference, so nothing can be compared; …",)),
    Case("order of a kink", 10, spec=KINK, add="order = 4",
         says=("tiny.toml: models.main.order: found 4; allowed: …",)),
    Case("bound that only goes with a bias-aware kink", 10, spec=KINK,
         add="second_derivative_bound = { value = 1 }",
         says=("tiny.toml: models.main: second_derivative_bound goes with interval = …",)),
    Case("ratio of kinks without a treatment", 10, spec=KINK,
         swap=('"kink_at_cutoff"', '"late_at_cutoff"'),
         says=("tiny.toml: models.main.estimand: 'late_at_cutoff' divides by the kink of "
               "design.treatment, which is missing",)),
    Case("second kink without an age", 10, spec=KINK, add='[[checks]]\nkind = "second_kink"',
         says=("tiny.toml: checks.second_kink: speaks of ages a lead below the cutoff, and the "
               "running variable is 'score'; remove it",)),
    Case("months since no date", 10, spec=KINK,
         add='[derive]\nborn = { op = "months_since", column = "score", since = 1987 }',
         says=("tiny.toml: derive.born.since: found 1987; allowed: …",)),
    Case("estimand that the estimator does not give", 10, swap=('"att"', '"att_gt"'),
         says=("tiny.toml: models.main.estimand: 'twfe' does not give 'att_gt' (it …)",)),
    Case("variance that ignores the cluster", 10, add='variance = "hc1"',
         says=("tiny.toml: models.main.variance: 'hc1' ignores the cluster; remove one …",)),
    Case("unknown check", 10, add='[[checks]]\nkind = "pretrend"\nmodel = "main"',
         says=("tiny.toml: checks.pretrend.kind: unknown check 'pretrend'; did you mean …",)),
    Case("check of an unknown model", 10, add='[[checks]]\nkind = "pretrends"\nmodel = "mian"',
         says=("tiny.toml: checks.pretrends.model: no model 'mian'; did you mean main? …",)),
    Case("agreement with an unknown model, and alone", 10,
         add='[[checks]]\nkind = "agreement"\nmodel = "main"\nmodels = ["mian"]',
         says=("tiny.toml: checks.agreement.models: no model 'mian'; did you mean main? (there …",
               "tiny.toml: checks.agreement.models: there is no other model to compare with; …")),
    Case("a placebo date after the reform", 10, swap=(POST, "reform_date = 2004-01-01"),
         add='[[checks]]\nkind = "placebo_date"\nmodel = "main"\ndates = [2005-01-01]',
         says=("tiny.toml: checks.placebo_date.dates: found 2005-01-01; allowed: dates before the "
               "reform, 2004-01-01",)),
    Case("a bandwidth inside the donut", 10, spec=AT_30, swap=("donut = 1", "donut = 12"),
         add="bandwidth = { fixed = 12 }",
         says=("tiny.toml: models.main.bandwidth: found fixed = 12; allowed: more than "
               "design.donut, 12, within which all rows are left out",)),
    Case("a donut wider than the bandwidth", 10, spec=AT_30,
         add='bandwidth = { fixed = 12 }\n[[checks]]\nkind = "donut"\ndonuts = [3, 15, 3]',
         says=("tiny.toml: checks.donut.donuts: a donut stands twice; give each once",
               "tiny.toml: checks.donut.donuts: found 15; allowed: less than 12, the bandwidth of "
               "model 'main', within which no row would be left")),
    Case("bandwidths inside the donut, and an order of none", 10,
         spec=AT_30.replace('"rd_polynomial"', '"rd_honest"'),
         add='[[checks]]\nkind = "bandwidth_grid"\nbandwidths = [1, 9]\norders = [2]',
         says=("tiny.toml: checks.bandwidth_grid.bandwidths: found 1; allowed: more than "
               "design.donut, 1",
               "tiny.toml: checks.bandwidth_grid.orders: 'rd_honest' has no order; remove it")),
    Case("an order that the estimator does not take", 10, spec=AT_30,
         add='[[checks]]\nkind = "bandwidth_grid"\norders = [1, 9]',
         says=("tiny.toml: checks.bandwidth_grid.orders: model 'main' does not take order 9",)),
    Case("placebo ages where a rule changes, or near", 10, spec=AT_30,
         add='bandwidth = { fixed = 12 }\n[[checks]]\nkind = "placebo_cutoff"\n'
             'cutoffs = [300, 330, 350]\nroom = 6',
         says=("tiny.toml: checks.placebo_cutoff.room: makes cutoffs, and these are given; …",
               "tiny.toml: checks.placebo_cutoff.cutoffs: found 300, where the "
               "qualification stipend changes; allowed: values at which, …",
               "tiny.toml: checks.placebo_cutoff.cutoffs: found 350, whose window of 12 "
               "holds 360, the design's own cutoff; allowed: …")),
    Case("a placebo period without a reform", 10, spec=AT_30,
         add='[[checks]]\nkind = "placebo_period"',
         says=("tiny.toml: checks.placebo_period: needs design.reform_date, before which it …",)),
    Case("a placebo year after the reform", 10, spec=AT_30,
         swap=("donut = 1", "donut = 1\nreform_date = 2017-01-01"),
         add='[[checks]]\nkind = "placebo_period"\nyears = [2016, 2017]',
         says=("tiny.toml: checks.placebo_period.years: found 2017; allowed: years that end "
               "before 2017-01-01",)),
    Case("a placebo group of another design", 10, spec=RD,
         add='[[checks]]\nkind = "placebo_group"\ngroups = [{ id = "old", '
             'treated = { column = "x", equals = 1 }, control = { column = "x", equals = 2 } }]',
         says=("tiny.toml: checks.placebo_group.groups.old: design.kind 'rd' takes keep = [...]",)),
    Case("no placebo group at a cutoff", 10, spec=RD, add='[[checks]]\nkind = "placebo_group"',
         says=("tiny.toml: checks.placebo_group.groups: is missing; give groups that …",)),
    Case("a check of a cutoff without one", 10, add='[[checks]]\nkind = "donut"',
         says=("tiny.toml: checks.donut: needs the cutoff of design.kind 'rd'; design.kind is "
               "'did'",)),
    Case("bounds below zero", 10, spec=EVENTS,
         add='[[checks]]\nkind = "trend_sensitivity"\nrestriction = "smoothness"\n'
             'values = [-1.0, 2.0]',
         says=("tiny.toml: checks.trend_sensitivity.values: found [-1.0, 2.0]; allowed: numbers "
               "of at least 0, each once",)),
    Case("a link with a jackknife", 10,
         swap=('"att"\nestimator = "twfe"',
               '"hazard_effect"\nestimator = "discrete_hazard"\nlink = "logit"'),
         add='variance = "cr3"',
         says=("tiny.toml: models.main: link = 'logit' gives variance 'cr1' with one cluster, "
               "found 'cr3' with 1; set cluster and variance = 'cr1'",)),
    Case("unknown world", 10, spec=SYNTHETIC, swap=("published_null", "publishd_null"),
         says=("tiny.toml: panel.world: unknown world 'publishd_null'; did you mean "
               "published_null? (there are: …)",)),
    Case("unknown outcomes in a model", 10, add='outcomes = ["yy", "zz"]',
         says=("tiny.toml: models.main.outcomes: no outcome 'yy'; did you mean y? (there are: y)",
               "tiny.toml: models.main.outcomes: no outcome 'zz' (there are: y)")),
    Case("unknown policy", 10, add='[disclosure]\npolicy = "registry"',
         says=("tiny.toml: disclosure.policy: unknown policy 'registry'; did you mean …",)),
    Case("a policy of one's own with faults", 10, add='[disclosure]\npolicy = "mine"',
         files=own_policy('title = "Mine"\n[count]\nrow = 3\nzeros = "allowed"\n'),
         says=("policies/mine.toml: source: is missing; it must be given",
               "policies/mine.toml: count.row: unknown key; did you mean rows? (allowed here: …)")),
    Case("a policy of one's own that judges nothing", 10, add='[disclosure]\npolicy = "mine"',
         files=own_policy('title = "Mine"\nsource = "Mine"\n'), words="explain tiny.toml",
         says=("policies/mine.toml: count: is missing; without it nothing is judged, …",)),
    Case("a policy that is a path", 10, add='[disclosure]\npolicy = "../policies/mine"',
         files=own_policy('title = "Mine"\n'),
         says=("tiny.toml: disclosure.policy: unknown policy '../policies/mine' (…",)),
    Case("id with a bad pattern", 10, swap=('id = "tiny"', 'id = "Tiny one"'),
         says=("tiny.toml: id: found 'Tiny one'; allowed: text that matches ^[a-z][a-z0-9_]*$",)),
    Case("reserved id", 10, swap=('id = "tiny"', 'id = "reference"'),
         says=("tiny.toml: id: 'reference' is reserved; choose another",)),
    Case("two models of one id", 10,
         add='[[models]]\nid = "main"\nestimand = "att"\nestimator = "twfe"',
         says=("tiny.toml: models.main: stands 2 times; ids are unique",)),
    Case("two checks of a kind without ids", 10, spec=EVENTS,
         add='[[checks]]\nkind = "pretrends"\n[[checks]]\nkind = "pretrends"',
         says=("tiny.toml: checks.pretrends: stands 2 times; two checks of a kind …",)),
    # Named in the grammar, not built.
    Case("estimator of another design", 10, swap=('"twfe"', '"rd_flow"'),
         says=("tiny.toml: models.main.estimator: 'rd_flow' does not fit design.kind 'did' "
               "(it fits: rd)",)),
    Case("mapping of registers that is not there", 11,
         swap=('source = "file"\npath = "tiny.csv"', 'source = "registers"\nmapping = "x.toml"'),
         says=("x.toml: no such mapping; give its path in panel.mapping, or draft one with "
               "activity-duty new registers FOLDER",)),
    Case("employment across the break of 2015", 10, spec=ACROSS,
         says=("tiny.toml: outcomes.y.column: 'employed' is not the same before and from 2015-01: "
               "employment comes from the monthly job register, before it from the status in "
               'November; narrow panel.window, or acknowledge it with panel.bridges = '
               '["employment_2015"]',)),
    Case("a bridge that no break has", 10, spec=ACROSS,
         swap=("[outcomes]", 'bridges = ["employment_2105"]\n\n[outcomes]'),
         says=("tiny.toml: panel.bridges: no break 'employment_2105'; did you mean "
               "employment_2015? (there are: …)",
               "tiny.toml: outcomes.y.column: 'employed' is not …")),
    Case("the work assessment allowance across its beginning", 10, spec=ACROSS,
         swap=('"employed"', '"no_other_benefit"'),
         says=("tiny.toml: outcomes.y.column: 'no_other_benefit' is not the same before and "
               "from 2010-03: "
               "work assessment allowance begins; narrow panel.window, or …",)),
    Case("sanctions across two wordings of the form", 10, spec=ACROSS,
         swap=('"employed"', '"sanctioned_in_year"'),
         says=("tiny.toml: outcomes.y.column: 'sanctioned_in_year' is not the same before "
               "and from some "
               "month from 2022-01 to 2026-01: the form asks …",)),
    Case("offices across municipality reforms", 10, spec=ACROSS,
         swap=('column = "treat", equals = 1', 'column = "sanction_regime", equals = "strict"'),
         says=("tiny.toml: outcomes.y.column: 'employed' is not …",
               *(f"tiny.toml: design.treated.column: 'sanction_regime' is not the same before and "
                 f"from {year}-01: municipalities were merged…, and offices with them; narrow "
                 f'panel.window, or acknowledge it with panel.bridges = ["municipalities_{year}"]'
                 for year in (2017, 2018, 2020)))),
    Case("a panel that is not built of registers", 2, words="panel tiny.toml",
         says=("panel: tiny: panel.source is 'file'; only a panel of registers is built, "
               'source = "registers"',)),
    Case("a format without a folder", 2, words="panel tiny.toml --to dta",
         says=("panel: --to and --out go together: the format, and the folder to write",)),
    Case("unknown kind of database", 10,
         swap=('source = "file"\npath = "tiny.csv"', 'source = "sql"\nurl = "x"\ntable = "t"'),
         says=("tiny.toml: panel.url: is no address this program reads; allowed: duckdb:///…",)),
    Case("password in an address", 10,
         swap=('source = "file"\npath = "tiny.csv"',
               'source = "sql"\nurl = "postgres://me:secret@host/base"\ntable = "t"'),
         says=("tiny.toml: panel.url: holds a user, a password or options; give the host …",)),
    Case("no database file", 11,
         swap=('source = "file"\npath = "tiny.csv"',
               'source = "sql"\nurl = "duckdb:///none.duckdb"\ntable = "t"'),
         says=("panel.url: no such file; check the name and the folder",)),
    Case("file that is no database", 11,
         swap=('source = "file"\npath = "tiny.csv"',
               'source = "sql"\nurl = "duckdb:///tiny.csv"\ntable = "t"'),
         says=("tiny.csv: is no whole DuckDB file, or one of a later version; write it again",)),
    Case("third difference without its design", 10,
         swap=('"att"\nestimator = "twfe"', '"att_relative"\nestimator = "triple_difference"'),
         says=("tiny.toml: models.main.estimator: 'triple_difference' needs design.third …",)),
    Case("third difference of nobody", 11,
         swap=(POST, f'{POST}\nthird = {{ column = "town", equals = 99 }}'),
         says=("design.third: no row is of the third difference, …",)),
    # Joins.
    Case("join of nothing", 10, add=JOIN.replace('regime = "kind"', ""),
         says=("tiny.toml: joins.1.columns: is empty; name what to take, as …",)),
    Case("join on a derived column", 10,
         add=JOIN.replace('["town"]', '["both"]')
         + '[derive]\nboth = { op = "sum", columns = ["y", "t"] }',
         says=("tiny.toml: joins.1.on: 'both' is derived, after joins; join on a column read",)),
    Case("join on a column joined later", 10,
         add=JOIN.replace('["town"]', '["size"]') + JOIN.replace("regime", "size"),
         says=("tiny.toml: joins.1.on: 'size' is joined itself, not before; change the order",)),
    Case("column joined twice", 10, add=JOIN + JOIN,
         says=("tiny.toml: joins.1.columns.regime: is joined 2 times; rename one",
               "tiny.toml: joins.2.columns.regime: is joined 2 times; rename one")),
    Case("codes of a date without their changes", 10, add=JOIN + "codes_of = 2016-01-01",
         says=("tiny.toml: joins.1.codes_of: needs correspondence = 'FILE', …",)),
    Case("largest unit without sizes", 10,
         add=JOIN + 'codes_of = 2016-01-01\ncorrespondence = "k.csv"\nconflict = "largest"',
         says=("tiny.toml: joins.1.size: is missing; conflict = 'largest' needs …",)),
    Case("join of a file that is not there", 11, add=JOIN,
         says=("joins.1.path: a.csv: no such file; check the name and the folder",)),
    Case("join of columns that are not there", 11, files=put("a.csv", "towns,knd\n1,x\n"), add=JOIN,
         says=("joins.1.on: no column 'town' in a.csv; did you mean towns?",
               "joins.1.columns.regime: no column 'kind' in a.csv; did you mean knd?")),
    Case("join by a column that the panel lacks", 11, files=put("a.csv", "twn,kind\n1,x\n"),
         add=JOIN.replace('"town"', '"twn"'),
         says=("joins.1.on: no column 'twn' in the panel; did you mean …",)),
    Case("joined name of a column of the panel", 11, files=put("a.csv", "town,kind\n1,x\n"),
         add=JOIN.replace("regime", "x"),
         says=("joins.1.columns.x: the panel has a column 'x' already; choose another name",)),
    Case("keys that stand twice", 11, files=put("a.csv", f"town,kind\n{TOWNS}1,y\n2,y\n"),
         add=JOIN + KEEP_REGIME,
         says=("joins.1.on: 2 rows of a.csv repeat a key (town); leave one row of each",)),
    Case("rows without a key", 11, files=put("a.csv", f"town,kind\n{TOWNS},y\n"),
         add=JOIN + KEEP_REGIME,
         says=("joins.1.on: 1 rows of a.csv lack a key; complete them",)),
    Case("text joined with numbers", 11, files=put("a.csv", f"town,kind\n{TOWNS}0301,y\n"),
         add=JOIN + KEEP_REGIME,
         says=("joins.1.on: 'town' holds numbers in the panel and text in a.csv: numbers lose the "
               "leading zeros of codes; write both as text",)),
    Case("codes that lost their zeros", 11, files=put("a.csv", "name,kind\n301,x\n1103,y\n"),
         rows=lambda rows: rows.assign(name=rows.town.map(lambda t: f"0{t % 3}01")),
         add=CODED + KEEP_REGIME,
         says=("joins.1.on: 1 keys of a.csv have fewer digits than 'name' has in the panel: "
               "leading zeros were lost; write the column as text",)),
    Case("no key in common", 11, files=put("a.csv", "town,kind\n998,x\n999,y\n"),
         add=JOIN + KEEP_REGIME,
         says=("joins.1.on: no key of the panel is in a.csv (town); check that both hold the same "
               "codes, of the same date",)),
    Case("join of an empty file", 11, files=put("a.csv", "town,kind\n"), add=JOIN + KEEP_REGIME,
         says=("joins.1.path: a.csv: holds no rows",)),
    # Rules across keys.
    Case("window reversed", 10, swap=(TIME, f"{TIME}\nwindow = [5, 2]"),
         says=("tiny.toml: panel.window: ends before it begins; give the earlier bound first",)),
    Case("window of a date and a number", 10, swap=(TIME, f"{TIME}\nwindow = [5, 2015-01-01]"),
         says=("tiny.toml: panel.window: found [5, 2015-01-01]; allowed: two dates or two …",)),
    Case("dates for integer time", 10,
         swap=(TIME, f'{TIME}\ntime_unit = "integer"\nwindow = [2013-01-01, 2014-01-01]'),
         says=("tiny.toml: panel.window: found dates; allowed: whole numbers, …",)),
    Case("integers for months", 10, swap=(TIME, f'{TIME}\ntime_unit = "month"\nwindow = [1, 3]'),
         says=("tiny.toml: panel.window: found whole numbers; allowed: dates, …",)),
    Case("post and reform_date", 10, swap=(POST, f"{POST}\nreform_date = 2014-01-01"),
         says=("tiny.toml: design: give one of post and reform_date",)),
    Case("filter without a condition", 10, swap=(', equals = 1', ""),
         says=("tiny.toml: design.treated: names a column without a condition; add equals, …",)),
    Case("filter with an empty list", 10, swap=("equals = 1", "one_of = []"),
         says=("tiny.toml: design.treated.one_of: found an array; allowed: at least 1 entries",)),
    Case("names given twice", 10, swap=('"town"', '["town", "town"]'), add='outcomes = ["y", "y"]',
         says=("tiny.toml: models.main.outcomes: names 'y' 2 times; name it once",
               "tiny.toml: models.main.cluster: names 'town' 2 times; name it once")),
    Case("flows of another running variable", 10, spec=FLOW, swap=('"age_months"', '"score"'),
         says=("tiny.toml: models.main.estimator: 'rd_flow' counts flows from one month of age to "
               "the next; set running_variable = { column = 'age_months', discrete = true }",)),
    Case("flows among recipients alone", 10, spec=FLOW,
         add='[sample]\ndenominator = "recipients"',
         says=("tiny.toml: models.main.estimator: 'rd_flow' needs the rows of all persons, in the "
               "stock or not; set sample.rows = 'person_month' and denominator = 'population'",)),
    Case("flows of persons without a name", 10, spec=FLOW, swap=('unit = "unit"\n', ""),
         says=("tiny.toml: models.main.estimator: 'rd_flow' follows persons over months; set "
               "panel.unit and time",)),
    Case("flows with two clusters", 10, spec=FLOW,
         swap=('cluster = "unit"', 'cluster = ["unit", "town"]'),
         says=("tiny.toml: models.main.cluster: 'rd_flow' takes exactly one, most often the "
               "unit",)),
    Case("flows with controls", 10, spec=FLOW,
         swap=('cluster = "unit"', 'cluster = "unit"\ncontrols = ["x"]'),
         says=("tiny.toml: models.main.controls: 'rd_flow' takes none; remove them",)),
    Case("flows beside the change of a stock", 10, spec=FLOW,
         swap=('kind = "continuous" }', 'kind = "continuous", difference = 3 }'),
         says=("tiny.toml: outcomes.y: 'rd_flow' sets the stock of a month beside its flows; "
               "remove its lead, difference, age or transform",)),
    Case("an entry without an exit", 10, spec=FLOW, swap=('exit = "went"\n', ""),
         says=("tiny.toml: models.main: entry and exit go together: name both columns",)),
    Case("more months than the bandwidth", 10, spec=FLOW,
         swap=('exit = "went"', 'exit = "went"\nmonths = 20'),
         says=("tiny.toml: models.main: months must be fewer than bandwidth.fixed",)),
    Case("no such flow", 11, spec=FLOW, rows=lambda rows: rows.assign(age_months=rows.t, came=0),
         says=("models.main.exit: no column 'went' in the panel…",)),
    Case("text for a flow", 11, spec=FLOW,
         rows=lambda rows: rows.assign(age_months=rows.t - 3, came=0, went=rows.name, y=0),
         says=("main: y: models.main: column 'went' holds text; it must hold numbers",)),
    Case("a flow that counts kroner", 11, spec=FLOW.replace('exit = "went"',
         'exit = "went"\norder = 0\nbandwidth = { fixed = 4 }'),
         rows=lambda rows: rows.assign(age_months=rows.t - 3, came=0, went=rows.x.abs(),
                                       y=rows.unit % 2),
         says=("main: y: outcome y: column 'went' holds other values than 0 and 1, and flows are "
               "counted by person: use indicators of being in the stock, entering it and leaving "
               "it",)),
    Case("age without donut or exposure", 10, spec=RD, swap=('"score"', '"age_months"'),
         says=("tiny.toml: design: on age_months … give one of donut = 1 and exposure = …",)),
    Case("exposure beside a donut", 10, spec=EXPOSED, swap=("cutoff = 0", "cutoff = 0\ndonut = 1"),
         says=("tiny.toml: design: exposure counts the rows at the cutoff, and donut drops …",)),
    Case("exposure at a continuous running variable", 10, spec=EXPOSED,
         swap=("discrete = true", "discrete = false"),
         says=("tiny.toml: design.exposure: …needs running_variable.discrete = true; …",)),
    Case("exposure in quarters", 10, spec=EXPOSED.replace('"score"', '"age_months"'),
         swap=(TIME, f'{TIME}\ntime_unit = "month"\nperiod = "quarter"'),
         says=("tiny.toml: design.exposure: a quarter is partly treated at 3 months of age, …",)),
    Case("exposure with independent sides", 10, spec=EXPOSED.replace("rd_polynomial", "rd_robust"),
         add='sides = "independent"',
         says=("tiny.toml: models.main.sides: with design.exposure the rows at the cutoff lie …",)),
    Case("exposure with bounded misspecification", 10,
         spec=EXPOSED.replace("rd_polynomial", "rd_honest"),
         add='smoothness = "bounded_misspecification"\nkernel = "uniform"\n'
         "bandwidth = { fixed = 5 }",
         says=("tiny.toml: models.main.smoothness: 'bounded_misspecification' sees how far …",)),
    Case("smallest effect with value and low", 10,
         add=EFFECT + 'unit = "per_person"\nvalue = 0.1\nlow = -0.1\nhigh = 0.1',
         says=("tiny.toml: smallest_effect_of_interest.y: give either value, or low and high",)),
    Case("smallest effect without its first stage", 10,
         add=EFFECT + 'unit = "per_condition"\nvalue = 0.1',
         says=("tiny.toml: smallest_effect_of_interest.y.first_stage: is missing; …name it",)),
    Case("two bounds in one unit", 10,
         add=EFFECT + 'unit = "per_person"\nvalue = 0.1\n'
         + EFFECT + 'unit = "per_person"\nvalue = 0.2',
         says=("tiny.toml: smallest_effect_of_interest.y: stands 2 times in 'per_person'; …",)),
    Case("bounds out of order", 10, add=EFFECT + 'unit = "per_person"\nlow = 0.1\nhigh = 0.3',
         says=("tiny.toml: smallest_effect_of_interest.1.low: found 0.1; allowed: …less than 0",)),
    Case("a limit of a unit that is not named", 10,
         add=EFFECT + 'unit = "per_person"\nvalue = 0.1\nlargest = 0.5',
         says=("tiny.toml: smallest_effect_of_interest.y.largest: is of one counted unit; …",)),
    Case("a family of an unknown model", 10, add=FAMILY + 'models = ["mian"]\nmethod = "holm"',
         says=("tiny.toml: families.all.models: no model 'mian'; did you mean main? …",)),
    Case("a family of an unknown outcome", 10,
         add=FAMILY + 'models = ["main"]\noutcomes = ["yy"]\nmethod = "bh"',
         says=("tiny.toml: families.all.outcomes: no outcome 'yy'; did you mean y? …",)),
    Case("a family of one", 10, add=FAMILY + 'models = ["main"]\nmethod = "holm"',
         says=("tiny.toml: families.all: has 1 hypothesis, so there is nothing to adjust for; …",)),
    Case("a hypothesis named twice", 10, add=OTHER + FAMILY
         + 'models = ["main", "other", "main"]\nmethod = "holm"',
         says=("tiny.toml: families.all.models: names 'main' 2 times; name it once",)),
    Case("two families of one id", 10, add=OTHER + 2 * (FAMILY + BOTH + 'method = "holm"\n'),
         says=("tiny.toml: families.all: stands 2 times; ids are unique",
               "tiny.toml: families.all: has the hypotheses and the method of families.all; …")),
    Case("two families of one kind", 10, add=OTHER + FAMILY + BOTH + 'method = "holm"\n'
         + FAMILY.replace("all", "again") + BOTH + 'method = "holm"',
         says=("tiny.toml: families.again: has the hypotheses and the method of families.all; …",)),
    Case("a family named as a verdict", 10,
         add=OTHER + FAMILY.replace("all", "equivalence") + BOTH + 'method = "holm"',
         says=("tiny.toml: families.equivalence: a check has that name in checks.csv; choose …",)),
    Case("a method without draws that is given some", 10,
         add=OTHER + FAMILY + BOTH + 'method = "holm"\ndraws = 1999',
         says=("tiny.toml: families.all.draws: 'holm' draws nothing; leave it out",)),
    Case("a family that mixes cluster draws", 10,
         add=OTHER.replace('"town"', '"unit"') + FAMILY + BOTH + 'method = "romano_wolf"',
         says=("tiny.toml: families.all: models are clustered by different columns, town (main), "
               "unit (other), so draws of clusters are not shared; …method = 'holm' needs no …",)),
    Case("shared draws without a cluster", 10,
         add=OTHER.replace('cluster = "town"\n', "") + FAMILY + BOTH + 'method = "romano_wolf"',
         says=("tiny.toml: families.all: model other has no cluster, and shared draws are of …",)),
    Case("shared draws at a cutoff", 10, spec=RD,
         add=FAMILY + 'models = ["main"]\nmethod = "romano_wolf"',
         says=("tiny.toml: families.all: has 1 hypothesis, …",
               "tiny.toml: families.all: 'rd_polynomial' (model main) does not tell how each …")),
    Case("the worth of an unknown outcome", 10, add=WORTH + 'items = [{ outcome = "yy" }]',
         says=("tiny.toml: worth.sum.items.1.outcome: no outcome 'yy'; did you mean y? …",)),
    Case("an amount from nowhere", 10,
         add=WORTH + 'items = [{ outcome = "y", amount = 2.0 }]',
         says=("tiny.toml: worth.sum.items.1.source: is missing; say where the amount is from",)),
    Case("an amount outside its bounds", 10, add=WORTH
         + 'items = [{ outcome = "y", amount = 2.0, low = 3.0, high = 4.0, source = "s" }]',
         says=("tiny.toml: worth.sum.items.1: amount 2 must lie between low 3 and high 4, …",)),
    Case("an error of no amount", 10, add=WORTH + 'items = [{ outcome = "y", std_error = 2.0 }]',
         says=("tiny.toml: worth.sum.items.1.amount: is missing; 'std_error' says how well …",)),
    Case("worth over months of unknown periods", 10,
         add=WORTH + 'months = 12\nitems = [{ outcome = "y" }]',
         says=("tiny.toml: worth.sum.items.1.per: is missing; the panel's time does not say …",)),
    Case("worth over half a year of yearly values", 10,
         add=WORTH + 'months = 6\nitems = [{ outcome = "y", per = "year" }]',
         says=("tiny.toml: worth.sum.months: found 6; worth.sum.items.1 counts values of 12 …",)),
    Case("the worth of a model that was not asked", 10,
         add=WORTH + 'model = "mian"\nitems = [{ outcome = "y" }]',
         says=("tiny.toml: worth.sum.items.1.model: no model 'mian'; did you mean main? …",)),
    Case("event window without ends", 10, spec=EVENTS, add="event_window = [-2, 2]",
         says=("tiny.toml: models.main: event_window and event_ends go together: …",)),
    Case("reference outside the event window", 10, spec=EVENTS,
         add='event_window = [-2, 2]\nevent_ends = "bin"\nreference = -3',
         says=("tiny.toml: models.main: reference must lie inside event_window, …",)),
    Case("event window reversed", 10, spec=EVENTS,
         add='event_window = [2, -2]\nevent_ends = "bin"\nreference = -1',
         says=("tiny.toml: models.main: event_window must be [low, high] with low below high",)),
    Case("three clusters", 10, swap=('"town"', '["town", "unit", "t"]'),
         says=("tiny.toml: models.main.cluster: found 3 columns; allowed: one or two",)),
    Case("never as text", 10, spec=STAGGERED, swap=("never = 0", 'never = "no"'),
         says=("tiny.toml: design.cohort.never: allowed: a number, inf, or 'missing'",)),
    Case("synthetic panel without a window", 10, spec=SYNTHETIC.replace('"unit"', '"person_id"')
         .replace('"y"', '"employed"').replace('"treat"', '"female"').replace('"town"', '"muni_h"')
         .replace('"t"', '"ym"'),
         says=("…panel.window: is missing; a synthetic panel needs two dates",)),
    # Paths.
    Case("unset placeholder", 10, swap=('"tiny.csv"', '"${NOWHERE_SET}/tiny.csv"'),
         says=("tiny.toml: panel.path: ${NOWHERE_SET} is not set; … --set NOWHERE_SET=FOLDER",)),
    Case("placeholder in lower case", 10, swap=('"tiny.csv"', '"${data}/tiny.csv"'),
         says=("tiny.toml: panel.path: ${data} is no placeholder; … as in ${DATA}",)),
    Case("placeholder elsewhere", 10, swap=('"Tiny"', '"${TINY} rows"'),
         says=("tiny.toml: title: ${NAME} may stand only in paths and addresses",)),
    Case("path above", 10, swap=('"tiny.csv"', '"../outside.csv"'), says=(OUTSIDE,)),
    Case("path above a placeholder", 10, swap=('"tiny.csv"', '"${DATA}/../outside.csv"'),
         words="run tiny.toml --out OUT --set DATA=.", says=(OUTSIDE,)),
    Case("absolute path", 10, swap=('"tiny.csv"', '"/etc/hosts.csv"'), says=(OUTSIDE,)),
    Case("link that leads outside", 10, swap=('"tiny.csv"', '"link.csv"'),
         files=link("link.csv", "../outside.csv"), says=(OUTSIDE,)),
    Case("link to itself", 10, swap=('"tiny.csv"', '"link.csv"'),
         files=link("link.csv", "link.csv"), says=(NO_PATH,)),
    Case("null byte", 10, swap=('"tiny.csv"', '"tiny\\u0000.csv"'),
         says=("tiny.toml: is not TOML: a text holds a null character …; take it out",)),
    Case("home of nobody", 10, swap=('"tiny.csv"', '"~nobody_of_that_name/x.csv"'),
         says=(NO_PATH,)),
    Case("package that is not installed", 10, swap=('"tiny.csv"', '"package:nopackage/x.csv"'),
         says=("tiny.toml: panel.path: package 'nopackage' is not installed",)),
    Case("module that is no package", 10, swap=('"tiny.csv"', '"package:sys/tiny.csv"'),
         says=("tiny.toml: panel.path: package 'sys' is not installed",)),
    Case("path that leaves its package", 10, swap=('"tiny.csv"', '"package:rdrobust/../x.csv"'),
         says=("tiny.toml: panel.path: leaves the folder of package 'rdrobust'",)),
    # The spec as a file.
    Case("TOML syntax", 10, add="controls = [", says=("tiny.toml: is not TOML: …",)),
    Case("no such spec beside", 10, words="run tinny.toml --out OUT",
         says=("tinny.toml: no such file; give the path …; did you mean tiny.toml?",)),
    Case("no such shipped spec", 10, words="run age_dit --out OUT",
         says=("age_dit: no such file; give the path of a spec …; did you mean age_did …?",)),
    Case("no such absolute path", 10, words="run /nowhere/tiny --out OUT",
         says=("/nowhere/tiny: no such file; …",)),
    Case("a pattern for a spec", 10, words="run ** --out OUT", says=("**: no such file; …",)),
    Case("a name of 300 letters", 10, words=f"run {'a' * 300} --out OUT",
         says=("aaa…: cannot be read (…)",)),
    Case("spec is a folder", 10, words="run . --out OUT",
         says=(".: is a folder; give the path …",)),
    Case("spec is not UTF-8", 10,
         files=put("tiny.toml", DID.replace("Tiny", "Prøve").encode("latin-1")),
         says=("tiny.toml: is not UTF-8 text; save it as UTF-8",)),
    Case("base outside the tree", 10, swap=(HEAD, f'extends = "../../base.toml"\n{HEAD}'),
         says=("tiny.toml: extends: lies outside the spec's own tree; move the base …",)),
    Case("base of a base", 10, swap=(HEAD, f'extends = "base.toml"\n{HEAD}'),
         files=put("base.toml", 'extends = "other.toml"'),
         says=("tiny.toml: extends: the base extends another spec; one level is allowed",)),
    Case("base that is not there", 10, swap=(HEAD, f'extends = "base.toml"\n{HEAD}'),
         says=("tiny.toml: extends: base.toml: no such file; …",)),
    Case("base with a model of no id", 10, swap=(HEAD, f'extends = "base.toml"\n{HEAD}'),
         files=put("base.toml", "[[models]]\nid = [1]"),
         says=("tiny.toml: models.1.id: found an array; allowed: a string",
               "tiny.toml: models.1.estimand: is missing; it must be given",
               "tiny.toml: models.1.estimator: is missing; it must be given")),
    # Settings.
    Case("--set without =", 2, words="run tiny.toml --out OUT --set panel.unit",
         says=("--set panel.unit: allowed: KEY.PATH=VALUE or NAME=FOLDER",)),
    Case("--set with an empty key", 2, words="run tiny.toml --out OUT --set panel..unit=1",
         says=("--set panel..unit=1: allowed: KEY.PATH=VALUE or NAME=FOLDER",)),
    Case("--set with text that lacks quotes", 2, words="check tiny.toml --set panel.unit=unit",
         says=("--set panel.unit: the value is not TOML; text needs quotes, …",)),
    Case("--set that smuggles a second value", 2,
         words="""run tiny.toml --out OUT --set 'panel.unit="unit"\nx = 1'""",
         says=("--set panel.unit: the value is not TOML; …",)),
    Case("--set of an unknown entry", 10,
         words="run tiny.toml --out OUT --set models.mian.cluster=1",
         says=("--set models.mian: no such entry; did you mean main? (there are: main)",)),
    Case("--set through a value", 10, words="run tiny.toml --out OUT --set panel.unit.x=1",
         says=("--set panel.unit: is a value, not a table",)),
    Case("--set of an unknown key", 10, words="run tiny.toml --out OUT --set panel.units=1",
         says=("tiny.toml: panel.units: unknown key; did you mean unit? …",)),
    # The file of rows.
    Case("missing file", 11, swap=("tiny.csv", "tinny.csv"),
         says=("panel.path: tinny.csv: no such file; check the name and the folder…",)),
    Case("folder in the file's place", 11, swap=("tiny.csv", "sub.csv"),
         files=lambda folder: (folder / "sub.csv").mkdir(),
         says=("panel.path: sub.csv: holds no parquet files; allowed: a folder of parquet …",)),
    Case("missing folder", 11, swap=("tiny.csv", "tiny_parts"),
         says=("panel.path: tiny_parts: no such file or folder; a path is relative to …",)),
    Case("unknown ending", 11, swap=("tiny.csv", "tiny.xlsx"), files=put("tiny.xlsx", "SECRET123"),
         says=("panel.path: tiny.xlsx: unknown ending; allowed: csv, parquet, dta, sas7bdat",)),
    Case("truncated parquet", 11, swap=PARQUET, files=parquet(lambda whole: whole[:-500]),
         says=(UNREADABLE,)),
    Case("garbled parquet", 11, swap=PARQUET,
         files=parquet(lambda whole: whole[:4] + b"SECRET123" * 100 + whole[904:]),
         says=(UNREADABLE,)),
    Case("not a Stata file", 11, swap=("tiny.csv", "tiny.dta"), files=put("tiny.dta", "SECRET123"),
         says=(UNREADABLE,)),
    Case("not a SAS file", 11, swap=("tiny.csv", "tiny.sas7bdat"),
         files=put("tiny.sas7bdat", "SECRET123"), says=(UNREADABLE,)),
    Case("latin-1 read as UTF-8", 11, files=edit("SECRET123", "Bodø", "latin-1"),
         says=("tiny.csv: is not utf-8 text; set panel.encoding, for example 'latin-1'",)),
    Case("UTF-8 read as UTF-16", 11, swap=("unit = ", 'encoding = "utf-16"\nunit = '),
         says=("tiny.csv: is not utf-16 text; set panel.encoding, …",)),
    Case("a file's name of 300 letters", 11, swap=("tiny.csv", "a" * 300 + ".csv"),
         says=("panel.path: aaa…: no such file; check the name and the folder…",)),
    Case("lists in a column", 11, swap=PARQUET, files=parquet(unit=[["SECRET123"]] * 288),
         says=("tiny.parquet: column 'unit' holds lists, tables or durations; write it as …",)),
    Case("durations for times", 11, swap=PARQUET, files=parquet(t=pd.Timedelta(days=3)),
         says=("tiny.parquet: column 't' holds lists, tables or durations; write it as …",)),
    Case("a line too long", 11, files=edit("", "1,7,2,3,4,5,6,7,8,SECRET123,10,11\n"),
         says=(RAGGED,)),
    Case("a line too short", 11, files=edit("", "987654321,7\n"), says=(RAGGED,)),
    Case("a quote that never closes", 11, files=edit("", '987654321,7,"SECRET123\n'),
         says=(RAGGED,)),
    Case("empty csv", 11, files=put("tiny.csv", ""), says=("tiny.csv: is empty; …",)),
    Case("header only", 11, rows=lambda rows: rows.head(0),
         says=("panel: the source holds no rows…",)),
    Case("two columns of one name", 11, files=edit("score", "y"),
         says=("tiny.csv: column 'y' stands twice; rename one …",)),
    Case("wrong separator", 11, swap=("unit = ", 'separator = ";"\nunit = '),
         says=tuple(f"{where}: no column '{column}' in the panel…" for where, column in
                    (("panel.unit", "unit"), ("panel.time", "t"), ("outcomes.y.column", "y"),
                     ("design.treated.column", "treat"), ("models.main.cluster", "town")))),
    # Columns and values.
    Case("unknown columns", 11, swap=('column = "y"', 'column = "yy"'), add='controls = ["scor"]',
         says=("outcomes.y.column: no column 'yy' in the panel; did you mean y?",
               "models.main.controls.1: no column 'scor' in the panel; did you mean score …?")),
    Case("a column's name with quotes", 11, swap=('column = "y"', '''column = "ø'; DROP; --"'''),
         says=("outcomes.y.column: no column \"ø'; DROP; --\" in the panel…",)),
    Case("empty sample", 11,
         swap=("[design]", '[sample]\nkeep = [{ column = "t", at_least = 3 }, '
                           '{ column = "x", above = 1000 }]\n[design]'),
         says=("sample: no rows are left (rows read: 288; keep t at least 3: 192; "
               "keep x above 1000: 0); widen the step that emptied it",)),
    Case("empty window", 11, swap=(TIME, f"{TIME}\nwindow = [50, 60]"),
         says=("sample: no rows are left (rows read: 288; window 50 to 60: 0); widen …",)),
    Case("duplicate rows", 11, rows=lambda rows: pd.concat([rows, rows.head(3)]),
         says=("panel: 3 rows repeat a pair of unit 'unit' and time 't'; …",)),
    Case("missing times", 11, rows=lambda rows: rows.assign(t=rows.t.where(rows.index > 3)),
         says=("panel.time 't': 4 rows lack a time; …",)),
    Case("missing units", 11, rows=lambda rows: rows.assign(unit=rows.unit.where(rows.index > 3)),
         says=("panel.unit 'unit': 4 rows lack a unit; complete them",)),
    Case("text for an outcome", 11, rows=set_(y="SECRET123"),
         says=("…outcomes.y: column 'y' holds text; it must hold numbers",)),
    Case("one text among numbers", 11,
         rows=lambda rows: rows.assign(y=rows.y.astype(object).where(rows.index > 0, "SECRET123")),
         says=("…outcomes.y: column 'y' holds text; it must hold numbers",)),
    Case("text for a control", 11, add='controls = ["name"]',
         says=("…models.main.controls: column 'name' holds text; it must hold numbers",)),
    Case("negative weights", 11, swap=(TIME, f'{TIME}\nweight = "w"'),
         rows=lambda rows: rows.assign(w=-rows.w),
         says=("…panel.weight: column 'w' holds negative values…",)),
    Case("every outcome missing", 11, rows=set_(y=None),
         says=("…outcomes.y: column 'y' is missing in every row of the sample…",)),
    Case("every control missing", 11, add='controls = ["x"]', rows=set_(x=None),
         says=("main: y: models.main: no rows are left for outcome 'y' (missing x: 288); …",)),
    Case("infinite outcome", 11,
         rows=lambda rows: rows.assign(y=rows.y.where(rows.index > 3, float("inf"))),
         says=("…outcomes.y: column 'y' holds 4 infinite values…",)),
    Case("binary outcome of other values", 11, swap=('"continuous"', '"binary"'),
         says=("…outcomes.y: kind is 'binary', but column 'y' holds other values than …",)),
    Case("no variation in the outcome", 11, rows=set_(y=1.5),
         says=("…outcome y: it has one value in all 288 rows of this model, …",)),
    Case("filter compares text with a number", 11, swap=("equals = 1", 'equals = "1"'),
         says=("design.treated: compares with text, but column 'treat' holds numbers…",)),
    Case("filter compares a number with text", 11, swap=('"treat", equals', '"name", at_least'),
         says=("design.treated: compares with a number, but column 'name' holds text…",)),
    Case("filter compares a date with numbers", 11, swap=("equals = 1", "at_least = 2013-01-01"),
         says=("design.treated: compares with a date, but column 'treat' holds no dates…",)),
    # Time.
    Case("numbers that look like months", 11, rows=lambda rows: rows.assign(t=201300 + rows.t),
         says=("panel.time: holds numbers that look like months (YYYYMM); set panel.time_unit …",)),
    Case("month 13", 11, swap=(TIME, f'{TIME}\ntime_unit = "month"'),
         rows=lambda rows: rows.assign(t=201308 + rows.t),
         says=("panel.time 't': holds values that are no months (YYYYMM)…",)),
    Case("small numbers for months", 11, swap=(TIME, f'{TIME}\ntime_unit = "month"'),
         says=("panel.time 't': holds values that are no months (YYYYMM); see panel.time_unit",)),
    Case("times too large", 11, rows=lambda rows: rows.assign(t=rows.t + 9 * 10**17),
         says=("panel.time 't': holds whole numbers too large to be periods",)),
    Case("no dates", 11, swap=(TIME, f'{TIME}\ntime_unit = "date"'), rows=set_(t="SECRET123"),
         says=("panel.time 't': holds values that are no ISO dates; see panel.time_unit",)),
    Case("fractions of periods", 11, rows=lambda rows: rows.assign(t=rows.t + 0.5),
         says=("panel.time 't': holds values that are no whole numbers; see panel.time_unit",)),
    Case("infinite time", 11,
         rows=lambda rows: rows.assign(t=rows.t.astype(float).where(rows.index > 0, float("inf"))),
         says=("panel.time 't': holds values that are no whole numbers; see panel.time_unit",)),
    Case("date window on integers", 11, swap=(TIME, f"{TIME}\nwindow = [2013-01-01, 2014-01-01]"),
         says=("panel.window: found dates, but the panel's time is whole numbers…",)),
    Case("reform date on integers", 11, swap=(POST, "reform_date = 2014-01-01"),
         says=("design.reform_date: is a date, but the panel's time is whole numbers; use …",)),
    # Designs.
    Case("emptied reference period", 11, spec=EVENTS,
         swap=("[design]", "[sample]\ndrop_periods = [[3, 3]]\n[design]"),
         says=("…outcome y: reference = -1 has no treated rows …; set reference = -2",)),
    Case("single cluster", 11, rows=set_(town=1),
         says=("…cluster town: all 288 rows lie in one cluster, …",)),
    Case("moving cluster", 11, rows=lambda rows: rows.assign(town=rows.town.where(rows.t < 3, 9)),
         says=("…models.main.cluster: 'town' changes over time in 48 units; freeze it …",)),
    Case("exposure missing", 11, spec=EXPOSED, rows=exposed(-3, None),
         says=("design.exposure: column 'share' is missing in 6 rows; complete it, or leave …",)),
    Case("exposure outside its bounds", 11, spec=EXPOSED, rows=exposed(0, 1.25),
         says=("design.exposure: column 'share' lies outside 0 to 1 in 6 rows; it must be …",)),
    Case("exposure below the cutoff", 11, spec=EXPOSED, rows=exposed(-3, 0.25),
         says=("design.exposure: column 'share' is not 0 in 6 rows below the cutoff; …",)),
    Case("exposure above the cutoff", 11, spec=EXPOSED, rows=exposed(4, 0.25),
         says=("design.exposure: column 'share' is not 1 in 6 rows above the cutoff; …",)),
    Case("exposure as text", 11, spec=EXPOSED, swap=('"share"', '"name"'), rows=exposed(0, 0.5),
         says=("…design.exposure: column 'name' holds text; it must hold numbers",)),
    Case("cutoff outside the support", 11, spec=RD, swap=("cutoff = 0", "cutoff = 500"),
         says=("design.cutoff: no rows lie above 500: it is outside the values of 'score'; …",)),
    Case("running variable missing", 11, spec=RD, rows=set_(score=None),
         says=("design.running_variable: column 'score' is missing in every row …",)),
    Case("infinite running variable", 11, spec=RD,
         rows=lambda rows: rows.assign(score=rows.score.where(rows.index > 2, float("inf"))),
         says=("design.running_variable: column 'score' holds 3 infinite values; mark them …",)),
    Case("reform date on integers at a cutoff", 11, spec=RD,
         swap=("cutoff = 0", "cutoff = 0\nreform_date = 2014-01-01"),
         says=("design.reform_date: is a date, but the panel's time is whole numbers; …",)),
    Case("text for a running variable", 11, spec=RD, swap=('"score"', '"name"'),
         says=("design.running_variable: column 'name' holds text; it must hold numbers",)),
    Case("cohort missing without a rule", 11, spec=STAGGERED,
         rows=lambda rows: rows.assign(cohort=rows.cohort.where(rows.cohort > 0)),
         says=("design.cohort: 96 rows lack a cohort; set never = 'missing' if …",)),
    Case("cohort that varies", 11, spec=STAGGERED,
         rows=lambda rows: rows.assign(cohort=rows.cohort.where(rows.t < 3, 5)),
         says=("design.cohort: varies over time in 32 units; a cohort is one date a unit",)),
    Case("nobody adopts", 11, spec=STAGGERED, rows=set_(cohort=0),
         says=("design.cohort: no row belongs to a treated cohort; check never…",)),
    Case("text for a cohort", 11, spec=STAGGERED, rows=set_(cohort="SECRET123"),
         says=("design.cohort 'cohort': holds values that are no whole numbers; …",)),
    Case("unbalanced without a rule", 11, spec=STAGGERED,
         rows=lambda rows: rows.drop(index=[1, 40]),
         says=("…design.unbalanced: 2 of 48 units are not seen in all 6 periods, …",)),
    Case("every model fails", 12, swap=('column = "y"', 'column = "treat"'),
         says=("main: y: …the variance of a coefficient is not positive…",)),
    Case("every model fails from rows", 12, swap=('column = "y"', 'column = "treat"'),
         words="run tiny.toml --out OUT --engine microdata",
         says=("main: y: …the variance of a coefficient is not positive…",)),
    # The command line and the machine.
    Case("unknown gate", 2, words="run tiny.toml --out OUT --require all_model",
         says=("--require: no gate 'all_model'; did you mean all_models? (there are: …)",)),
    Case("spec named twice", 2, words="run tiny.toml ./tiny.toml --out OUT",
         says=("run: tiny.toml, tiny.toml have the id 'tiny': …; name each spec once, or …",)),
    Case("unknown list", 2, words="list estimator",
         says=("list: no list 'estimator'; did you mean estimators? (there are: …)",)),
    Case("new of an unknown kind", 2, words="new stagered",
         says=("new: no kind 'stagered'; did you mean staggered? (there are: …)",)),
    Case("new where a file stands", 2, words="new did", files=put("did.toml", "mine"),
         says=("new: did.toml is there already; move it away first",)),
    Case("new in no folder", 15, words="new did --folder nowhere",
         says=("nowhere: cannot be written (…)",)),
    Case("outputs where a file stands", 15, words="run tiny.toml --out tiny.csv",
         says=("tiny.csv: is a file where a folder for outputs should be; … --out",)),
    Case("outputs below a file", 15, words="run tiny.toml --out tiny.csv/deeper",
         says=("tiny.csv: is a file where a folder for outputs should be; … --out",)),
    Case("a file in the place of the id's folder", 15, words="run tiny.toml --out taken",
         files=lambda folder: ((folder / "taken").mkdir(), put("taken/tiny", "mine")(folder)),
         says=("taken/tiny: is a file where a folder for outputs should be; … --out",)),
    Case("log that is a folder", 15, words="run tiny.toml --out OUT --log .",
         says=("--log .: cannot be written (…)",)),
    Case("diagnose of a file without a world", 2, words="diagnose tiny.toml --out OUT",
         says=("diagnose: tiny is of source file; name a world with --world …",)),
    Case("diagnose without persons", 2,
         words="diagnose tiny.toml --world published_null --out OUT",
         says=("tiny: its source is file, so --persons must say how many persons …",)),
    Case("diagnose in an unknown world", 10,
         words="diagnose tiny.toml --world publishd_null --persons 100 --out OUT",
         says=('world "publishd_null": unknown; …; did you mean "published_null"?',)),
    Case("diagnose in a world without the columns", 10,
         words="diagnose tiny.toml --world published_null --persons 100 --out OUT",
         says=("tiny: the world 'published_null' cannot stand in for its panel: … no column …",)),
    Case("diagnose with one replication", 2, spec=SYNTHETIC,
         words="diagnose tiny.toml --replications 1 --out OUT",
         says=("--replications: found 1; allowed: at least 2",)),
    Case("power of a file without a world", 2, words="power tiny.toml --out OUT",
         says=("power: tiny is of source file; name a world with --world …",)),
    Case("power of an error that is none", 2,
         words="power tiny.toml --std-error -1 --persons 10 --out OUT",
         says=("--std-error: found -1.0; allowed: a number above 0",)),
    Case("explain with an error that is none", 2, words="explain tiny.toml --std-error 0",
         says=("--std-error: found 0; allowed: a number above 0",)),
    Case("explain in a language that is none", 2, words="explain tiny.toml --as spss",
         says=("--as spss: allowed: stata, r",)),
    Case("a plan in another language", 2, words="explain tiny.toml --plan --as r",
         says=("explain: give --plan or --as, not both",)),
    Case("blind from cells", 2, words="run tiny.toml --out OUT --blind --cells cells",
         says=("--blind: mixes rows, and --cells gives none; name one of the two",)),
    Case("the truth of a blind run", 2, words="run tiny.toml --out OUT --blind --require truth",
         says=("--require truth: a blind run shows no truth; leave one of the two out",)),
    Case("blind where an outcome assigns treatment", 10,
         words="run tiny.toml --out OUT --blind", swap=('column = "y"', 'column = "treat"'),
         says=("outcomes.y: is made of treat, which assigns treatment …; leave the outcome …",)),
    Case("verify where nothing was run", 11, words="verify nowhere",
         says=("nowhere: holds no manifest.json; give an output folder",)),
    Case("verify of another file", 11, words="verify tiny.csv",
         says=("tiny.csv: is not JSON; restore the manifest",)),
)  # fmt: skip


@pytest.fixture
def study(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder of a study, where the command runs; outputs of an earlier run exist."""
    folder = tmp_path / "study"
    folder.mkdir()
    (tmp_path / "outside.csv").write_text("SECRET123\n", encoding="utf-8")
    (tmp_path / "out" / "tiny" / "restricted").mkdir(parents=True)
    (tmp_path / "out" / "tiny" / "restricted" / "estimates.csv").write_text("the previous run")
    monkeypatch.chdir(folder)
    return folder


def tree(folder: Path) -> dict[str, bytes]:
    """Return every file and folder but the marks of inputs found unique, which are no output."""
    found = {
        path.relative_to(folder).as_posix(): path.read_bytes() if path.is_file() else b""
        for path in folder.rglob("*")
    }
    return {name: content for name, content in found.items() if "/.cache" not in name}


def hold(ended: Any, code: int, says: tuple[str, ...]) -> None:
    """Hold the exit code, the whole message, and that no row's value is in it."""
    assert ended.code == code, ended.err
    label = f"{LABELS[code]}: "
    progress = re.compile(r"\w+: [\w ]+(: \w+)?")
    lines = [line for line in ended.err.splitlines() if not progress.fullmatch(line)]
    assert len(lines) == len(says), ended.err
    for line, wanted in zip(lines, says, strict=True):
        pattern = ".*".join(re.escape(part) for part in (label + wanted).split("…"))
        assert re.fullmatch(pattern, line), line
    assert not [secret for secret in SECRETS if secret in ended.out + ended.err]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_one_clear_line_and_an_exit_code(case: Case, study: Path, rows, command) -> None:
    (case.rows(rows) if case.rows else rows).to_csv(study / "tiny.csv", index=False)
    old, new = case.swap
    assert case.spec.count(old) == 1 or not old
    text = (case.spec.replace(old, new) if old else case.spec) + case.add + "\n"
    (study / "tiny.toml").write_text(text, encoding="utf-8")
    if case.files:
        case.files(study)
    before = tree(study.parent)
    ended = command(*(word.replace("OUT", "../out") for word in shlex.split(case.words)))
    hold(ended, case.code, case.says)
    assert tree(study.parent) == before


def test_cases_are_many_and_named_apart() -> None:
    assert len({case.id for case in CASES}) == len(CASES) >= 45


def written(study: Path, rows: pd.DataFrame, name: str, text: str = DID) -> str:
    """Write a spec of the id ``name`` and its rows; return the spec's file name."""
    rows.to_csv(study / "tiny.csv", index=False)
    text = text.replace('"tiny"', f'"{name}"').replace("tiny.csv", "${DATA}/tiny.csv")
    (study / f"{name}.toml").write_text(text, encoding="utf-8")
    return f"{name}.toml"


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_bad_spec_leaves_the_others_alone(study: Path, rows, command, jobs: str) -> None:
    good = written(study, rows, "good")
    bad = written(study, rows, "bad", DID.replace('"twfe"', '"tfwe"'))
    worse = written(study, rows, "worse", DID.replace('column = "y"', 'column = "yy"'))
    ended = command("run", bad, worse, good, "--out", "../out", "--set", "DATA=.", "--jobs", jobs)
    assert ended.code == 11
    shown = [line for line in ended.err.splitlines() if line.startswith(("spec: ", "data: "))]
    assert [line.split(":")[0] for line in shown] == ["spec", "data"]
    names = {path.name for path in (study.parent / "out").iterdir()}
    assert names == {"good", "tiny", ".cache"}
    assert (study.parent / "out" / "good" / "result.json").is_file()


def test_a_failed_gate_comes_after_whole_outputs(study: Path, rows, command) -> None:
    spec = written(study, rows, "tiny")
    ended = command("run", spec, "--out", "../out", "--set", "DATA=.", "--require", "truth")
    hold(ended, 16, ("tiny: gate truth: no number of this spec has a known truth",))
    assert {path.name for path in (study.parent / "out" / "tiny").iterdir()} == {
        "manifest.json", "restricted", "result.json"
    }  # fmt: skip


def test_neither_log_nor_events_hold_a_value(study: Path, rows, command) -> None:
    spec = written(study, rows.assign(y="SECRET123"), "tiny")
    words = ("--out", "../out", "--set", "DATA=.", "--log", "run.jsonl", "--json-events")
    ended = command("run", spec, *words)
    assert ended.code == 11
    log = (study / "run.jsonl").read_text(encoding="utf-8")
    assert '"event": "error"' in log and '"exit_code": 11' in ended.out
    assert not [secret for secret in SECRETS if secret in log + ended.out + ended.err]


@dataclass(frozen=True)
class Verified:
    """An output folder spoiled after its run: which file, how, and what ``verify`` says."""

    id: str
    code: int
    says: tuple[str, ...]
    file: str
    change: Callable[[str], str]


def other_number(text: str) -> str:
    head, row, *rest = text.splitlines()
    place = head.split(",").index("estimate")
    cells = row.split(",")
    cells[place] = "12.5"
    return "\n".join([head, ",".join(cells), *rest]) + "\n"


def swapped(old: str, new: str) -> Callable[[str], str]:
    return lambda text: text.replace(old, new)


MANIFEST, ESTIMATES = "../out/tiny/manifest.json", "../out/tiny/restricted/estimates.csv"
VERIFIED = (
    Verified("a number was changed", 14, file=ESTIMATES, change=other_number,
             says=("../out/tiny: 1 of … numbers differ beyond …",)),
    Verified("the input was changed", 14, file="tiny.csv", change=swapped("31337.25", "5.5"),
             says=("tiny.csv: the input differs from the one in the manifest",)),
    Verified("other columns", 11, file=ESTIMATES, change=swapped("std_error", "se"),
             says=("../out/tiny/restricted/estimates.csv: has other columns than …; restore it",)),
    Verified("a manifest cut short", 11, file=MANIFEST, change=lambda text: text[:100],
             says=("../out/tiny/manifest.json: is not JSON; restore the manifest",)),
    Verified("a manifest without a spec", 11, file=MANIFEST, change=swapped('"spec"', '"speck"'),
             says=("../out/tiny/manifest.json: lacks spec; restore the manifest",)),
    Verified("a manifest that is a list", 11, file=MANIFEST, change=lambda text: "[1]",
             says=("../out/tiny/manifest.json: holds no table; restore the manifest",)),
    Verified("a manifest whose spec is no TOML", 11, file=MANIFEST,
             change=swapped("[panel]", "[panel"),
             says=("../out/tiny: the spec in manifest.json is not TOML; restore the manifest",)),
)  # fmt: skip


@pytest.fixture(scope="module")
def runs() -> dict[str, Path]:
    """Hold the folder of a whole run that was verified, once there is one."""
    return {}


@pytest.fixture
def verified(study: Path, rows, command, runs: dict[str, Path], tmp_path_factory) -> Path:
    """Return the folder of a study whose run, made once, stands up to ``verify``."""
    if not runs:
        spec = written(study, rows, "tiny")
        assert command("run", spec, "--out", "../out", "--set", "DATA=.").code == 0
        assert command("verify", "../out/tiny", "--set", f"DATA={study}").code == 0
        kept = tmp_path_factory.mktemp("verified")
        shutil.copytree(study.parent, kept, dirs_exist_ok=True)
        runs["verified"] = kept
    else:
        shutil.copytree(runs["verified"], study.parent, dirs_exist_ok=True)
    return study


@pytest.mark.parametrize("case", VERIFIED, ids=lambda case: case.id)
def test_verify_of_what_was_changed(case: Verified, verified: Path, command) -> None:
    study = verified
    target = study / case.file
    before = target.read_text(encoding="utf-8")
    target.write_text(case.change(before), encoding="utf-8")
    assert target.read_text(encoding="utf-8") != before
    ended = command("verify", "../out/tiny", "--set", f"DATA={study}")
    head = ended.err.splitlines()[0] + "\n"
    hold(replace(ended, err=head), case.code, case.says)
    assert not [secret for secret in SECRETS if secret in ended.out + ended.err]


@dataclass(frozen=True)
class Released:
    """A run that ``release`` refuses: what was run, how its outputs are spoiled, what is said."""

    id: str
    code: int
    says: tuple[str, ...]
    words: str = "release tiny --out ../out"
    file: str = ""
    change: Callable[[str], str] = str
    policy: str | None = "registry_default"
    blind: bool = False


SIGN = "release tiny --out ../out --sign A --decision approve"
LEDGER = "../out/.releases/ledger.jsonl"
RELEASED = (
    Released("nothing was run", 2, words="release tidy --out ../out", policy="",
             says=("release: no outputs of 'tidy' in ../out; run the spec first, or name its …",)),
    Released("a run beside it", 2, words="release tidy --out ../out",
             says=("release: no outputs of 'tidy' in ../out; … (there are: tiny); did you …",)),
    Released("a comment is missing", 2, words=SIGN,
             says=("release: --sign NAME, --decision approve|reject and --comment TEXT go …",)),
    Released("a decision that is none", 2, words=f"{SIGN}d --comment fine",
             says=("--decision: 'approved' is neither approve nor reject; did you mean …",)),
    Released("without a policy", 13, policy=None,
             says=("tiny: names no disclosure policy, so nothing of it may leave; …",)),
    Released("of a blind run", 13, blind=True, words="release tiny-blind --out ../out",
             says=("tiny: a blind run on permuted rows has no results to release; run the …",)),
    Released("an unknown policy", 10, file=MANIFEST, change=swapped("registry_def", "register_def"),
             says=("../out/tiny/manifest.json: spec: disclosure.policy: unknown policy "
                   "'register_default'; did you mean registry_default? (there are: acro, …",)),
    Released("a policy that is no TOML", 10, file="../out/tiny/policies/own.toml", policy="own",
             change=lambda text: "[", says=("policies/own.toml: is not TOML: …",)),
    Released("a line of the ledger was changed", 11, file=LEDGER,
             change=lambda text: '{"previous": "0", "digest": "0"}\n',
             says=("…/out/.releases/ledger.jsonl: line 1 is not as it was written; restore …",)),
    Released("a line of the ledger that is none", 11, file=LEDGER,
             change=lambda text: "987654321\n",
             says=("…/out/.releases/ledger.jsonl: line 1 is not as it was written; restore …",)),
    Released("outputs cut short", 11, file=MANIFEST, change=lambda text: text[:100],
             says=("../out/tiny/manifest.json: is not JSON; restore the manifest",)),
    Released("an empty file of estimates", 11, file=ESTIMATES, change=lambda text: "",
             says=("../out/tiny/restricted/estimates.csv: has other columns than …; run the …",)),
)  # fmt: skip


@pytest.mark.parametrize("case", RELEASED, ids=lambda case: case.id)
def test_release_of_what_may_not_leave(case: Released, study: Path, rows, command) -> None:
    if case.policy != "":
        named = "" if case.policy is None else f'[disclosure]\npolicy = "{case.policy}"\n'
        spec = written(study, rows, "tiny", DID + named)
        (study / "policies").mkdir()
        own = 'title = "Own"\nsource = "Own"\n[count]\nunits = 10\nzeros = "allowed"\n'
        (study / "policies" / "own.toml").write_text(own, encoding="utf-8")
        words = ["run", spec, "--out", "../out", "--set", "DATA=.", *["--blind"] * case.blind]
        ran = command(*words)
        assert ran.code == 0, ran.err
    if case.file:
        target = study / case.file
        before = target.read_text(encoding="utf-8") if target.exists() else ""
        target.parent.mkdir(exist_ok=True)
        target.write_text(case.change(before), encoding="utf-8")
        assert target.read_text(encoding="utf-8") != before
    before = tree(study.parent)
    ended = command(*shlex.split(case.words))
    hold(ended, case.code, case.says)
    assert ended.out == ""
    assert tree(study.parent) == before


def test_the_process_ends_with_the_code(study: Path, rows) -> None:
    spec = written(study, rows, "tiny", DID.replace('"twfe"', '"tfwe"'))
    words = [sys.executable, "-m", "evaluation", "run", spec, "--out", "../out"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(words, capture_output=True, text=True, env=environment)
    assert done.returncode == 10 and done.stdout == ""
    assert "Traceback" not in done.stderr and "did you mean twfe?" in done.stderr
