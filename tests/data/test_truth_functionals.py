"""Every functional against brute force on two simulated panels."""

from __future__ import annotations

import datetime as dt
import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, get_args

import numpy as np
import pandas as pd
import pytest

import data_synth
from evaluation.data import functionals
from evaluation.data.coupled import Coupled, coupled_sample
from evaluation.data.coupled_cells import BLOCKS
from evaluation.data.functionals._means import mean_effect, ratio_of_effects
from evaluation.data.functionals.contract import Key, Truth
from evaluation.data.functionals.flows import FLOWS, HAZARDS
from evaluation.data.prepare import prepare
from evaluation.data.sources import open_source
from evaluation.data.truth import functional_of, truths
from evaluation.data.truth_ages import truth_ages
from evaluation.estimators import triple_difference
from evaluation.spec.horizons import parted
from evaluation.spec.model import Estimand
from evaluation.spec.options import OptionsModel
from evaluation.spec.spec import Spec

WINDOW = (dt.date(2016, 1, 1), dt.date(2018, 6, 30))
PERSONS, SEED, AGES, WORLD = 30_000, 7, (27, 33), "work_effect"
EXACT = {"rel": 0, "abs": 1e-12}


@pytest.fixture(autouse=True)
def once(simulate, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let runs of one world under one policy be simulated once for all tests."""
    monkeypatch.setattr(data_synth, "person_month", simulate)


def brute(
    policy: str, world: str = WORLD, window: tuple[dt.date, dt.date] = WINDOW
) -> pd.DataFrame:
    """Return what the coupled runs should be made of."""
    return data_synth.person_month(
        data_synth.load_world(world), persons=PERSONS, seed=SEED, window=window, policy=policy,
        ages=AGES, recorded=False,
    )  # fmt: skip


def difference(column: str, first: pd.DataFrame, second: pd.DataFrame) -> float:
    """Difference of two means over what is not missing."""
    return float(first[column].mean() - second[column].mean())


OUTCOMES = {
    "employed": {"column": "employed", "kind": "binary"},
    "sa_exit": {"column": "sa_exit", "kind": "binary"},
    "condition": {"column": "condition_imposed", "kind": "binary"},
    "amount": {"column": "sa_nok", "kind": "nok"},
    "later": {"column": "employed", "kind": "binary", "horizons": [6, 12]},
}
ONLY_AMOUNT = {"amount": OUTCOMES["amount"]}
KEEP = [{"column": "age_months", "at_least": 330, "below": 400}]
DID: dict[str, Any] = {
    "kind": "did",
    "reform_date": dt.date(2017, 1, 1),
    "treated": {"column": "age_months", "below": 360, "assigned_at": "period_start"},
    "control": {"column": "age_months", "at_least": 372},
}
RD: dict[str, Any] = {
    "kind": "rd",
    "running_variable": {"column": "age_months", "discrete": True},
    "cutoff": 360,
    "treated_side": "below",
    "donut": 1,
    "reform_date": dt.date(2017, 1, 1),
    "treatment": {"column": "condition_imposed"},
}
ADOPTION: dict[str, Any] = {
    "kind": "staggered_did",
    "cohort": {"column": "adopted_ym", "never": "missing"},
    "control_group": "not_yet_treated",
}
# Estimators that nobody builds, so that no rule of their own stands between a truth and its test.
ESTIMATORS = {"did": "not_built", "rd": "not_built", "staggered_did": "not_built"}
Make = Callable[..., tuple[Spec, Coupled]]


class Options(OptionsModel):
    """The one key of estimators that truths read at the cutoff."""

    periods: str = "all"


@pytest.fixture(scope="module")
def made() -> dict[str, Coupled]:
    return {}


@pytest.fixture
def make(tiny, made) -> Make:
    """Return a spec that asks one estimand, with its coupled runs; runs are shared."""

    def of(
        design: dict[str, Any],
        estimand: str,
        *,
        world: str = WORLD,
        sample: Mapping[str, Any] | None = None,
        model: Mapping[str, Any] | None = None,
        panel: Mapping[str, Any] | None = None,
        outcomes: Mapping[str, Any] = OUTCOMES,
        **tables: Any,
    ) -> tuple[Spec, Coupled]:
        asked = {"id": "main", "estimand": estimand, "estimator": ESTIMATORS[design["kind"]]}
        keys = dict(model or {})
        options = Options(periods=keys.pop("periods", "all"))
        source = {
            "source": "synthetic", "world": world, "persons": PERSONS, "seed": SEED,
            "unit": "person_id", "time": "ym", "time_unit": "month", "window": list(WINDOW),
            "ages": list(AGES),
        }  # fmt: skip
        spec = tiny.spec(
            panel={**source, **(panel or {})},
            sample={"keep": KEEP, **(sample or {})},
            outcomes=dict(outcomes),
            design=design,
            models=[{**asked, **keys}],
            **tables,
        )
        # As an estimator of this estimand would have them, which need not be there yet.
        main = spec.models[0].model_copy(update={"options": options})
        spec = spec.model_copy(update={"models": (main,)})
        key = repr((spec.panel, spec.sample, spec.outcomes, spec.design, main.horizons, main.keep))
        key += repr((spec.heterogeneity, spec.smallest_effect_of_interest, estimand.split("_")[0]))
        if key not in made:
            made[key] = coupled_sample(spec, prepare(spec, open_source(spec)))
        return spec, made[key]

    return of


def found(made: tuple[Spec, Coupled], outcome: str, **named: Any) -> Mapping[Key, Truth]:
    spec, coupled = made
    return {
        key: truth
        for name, one in spec.outcomes.items()
        if parted(name)[0] == outcome
        for key, truth in truths(coupled, spec, spec.models[0], one, **named).found.items()
    }


def absent(made: tuple[Spec, Coupled], outcome: str) -> str:
    spec, coupled = made
    name = next(name for name in spec.outcomes if parted(name)[0] == outcome)
    given = truths(coupled, spec, spec.models[0], spec.outcomes[name])
    assert not given.found
    return given.absent


def with_exclusion(made: tuple[Spec, Coupled], exclusion: bool) -> tuple[Spec, Coupled]:
    spec, coupled = made
    return spec, replace(coupled, facts=replace(coupled.facts, exclusion=exclusion))


def treated_after(rows: pd.DataFrame) -> pd.DataFrame:
    return rows[rows["age_months"].between(330, 360) & rows["ym"].ge(201701)]


def at_cutoff(
    column: str, first: pd.DataFrame, second: pd.DataFrame, *, after: bool = True
) -> float:
    """Value at 360 months of a line through the differences of ages 348 to 360."""
    means, rows = [], 0
    for run in (first, second):
        kept = run[run["age_months"].between(348, 360) & (run["ym"].ge(201701) == after)]
        by_age = kept.groupby("age_months")[column]
        means.append(by_age.mean())
        rows = rows + by_age.count()
    difference = (means[0] - means[1]).dropna()
    root = np.sqrt(rows[difference.index].to_numpy(float))
    return float(np.polyfit(difference.index - 360, difference, 1, w=root)[1])


def test_every_estimand_has_its_functional() -> None:
    names = {module.name for module in pkgutil.iter_modules(functionals.__path__)}
    frame = {name for name in names if name.startswith("_")} | {"contract", "flows"}
    assert names - frame == set(get_args(Estimand))
    for name in names - frame:
        one = functional_of(name)
        assert one.DESIGNS and one.DESIGNS.issubset({"did", "staggered_did", "rd", "single_unit"})
        assert one.CELLS in ("sums", "values")


# --- ratios -------------------------------------------------------------------------------------

STAGE = [
    {"outcome": "employed", "unit": "per_condition", "first_stage": "condition_imposed", "value": 1}
]


def test_late_is_reduced_form_over_first_stage(make: Make) -> None:
    asked = make(DID, "late", smallest_effect_of_interest=STAGE)
    first, second = (treated_after(brute(policy)) for policy in ("actual", "no_law"))
    expected = difference("employed", first, second)
    expected /= difference("condition_imposed", first, second)
    truth = found(with_exclusion(asked, True), "employed")[Key("late")]
    assert truth.value == pytest.approx(expected, rel=1e-9) and truth.value > 0
    assert truth.error > 0
    assert "exclusion" in absent(with_exclusion(asked, False), "employed")
    assert "no first stage" in absent(with_exclusion(asked, True), "condition")


def test_late_of_a_treatment_that_varies(make: Make) -> None:
    design = {
        "kind": "did",
        "treatment": {"column": "condition_imposed"},
        "instrument": {"column": "low_prior_use"},
    }
    asked = with_exclusion(make(design, "late"), True)
    first, second = (
        rows[rows["age_months"].between(330, 399)] for rows in (brute("actual"), brute("no_law"))
    )
    expected = difference("employed", first, second)
    expected /= difference("condition_imposed", first, second)
    assert found(asked, "employed")[Key("late")].value == pytest.approx(expected, rel=1e-9)
    assert "no treated rows" in absent(make(design, "att"), "employed")


def test_late_at_the_cutoff(make: Make) -> None:
    asked = make(RD, "late_at_cutoff", sample={"rows": "at_risk_exit"}, model={"periods": "post"})
    asked = with_exclusion(asked, True)
    first, second = (
        rows[rows["sa_exit"].notna()] for rows in (brute("under_duty"), brute("released"))
    )
    reduced = at_cutoff("sa_exit", first, second)
    expected = reduced / at_cutoff("condition_imposed", first, second)
    (truth,) = found(asked, "sa_exit").values()
    assert truth.value == pytest.approx(expected, rel=1e-6)
    assert "stock" in absent(asked, "employed")
    assert "exclusion" in absent(with_exclusion(asked, False), "sa_exit")


def test_a_ratio_without_a_first_stage_is_none(make: Make) -> None:
    stage = [{**STAGE[0], "first_stage": "female"}]
    asked = with_exclusion(make(DID, "late", smallest_effect_of_interest=stage), True)
    assert "first stage of zero" in absent(asked, "employed")


# --- the cutoff ---------------------------------------------------------------------------------


def test_each_side_of_the_cutoff_lives_as_in_one_of_the_runs() -> None:
    """The slope below is that under the duty, the slope above that without it."""
    actual, under, released = (brute(p) for p in ("actual", "under_duty", "released"))
    for rows, same in ((actual["age_months"] < 360, under), (actual["age_months"] > 360, released)):
        pd.testing.assert_frame_equal(actual[rows], same[rows])
    assert not under["employed"].equals(released["employed"])


@pytest.mark.parametrize("side", ["below", "above"])
def test_kink_is_one_months_difference(make: Make, side: str) -> None:
    asked = make({**RD, "treated_side": side}, "kink_at_cutoff", model={"periods": "post"})
    expected = at_cutoff("employed", brute("under_duty"), brute("released"))
    (truth,) = found(asked, "employed").values()
    assert truth.value == pytest.approx(expected if side == "below" else -expected, **EXACT)
    assert truth.value != 0 and truth.error > 0
    assert "is a flow" in absent(asked, "condition")


def test_the_change_since_last_month_jumps_as_the_stock_bends(make: Make) -> None:
    changes = {"into_work": {"column": "employed", "kind": "continuous", "difference": 1}}
    asked = make(RD, "itt_at_cutoff", model={"periods": "post"}, outcomes=changes)
    (truth,) = found(asked, "into_work").values()
    expected = at_cutoff("employed", brute("under_duty"), brute("released"))
    assert truth.value == pytest.approx(expected, **EXACT)
    assert truth.value != 0
    slope = make(RD, "kink_at_cutoff", model={"periods": "post"}, outcomes=changes)
    assert "is a flow" in absent(slope, "into_work")
    year = {"into_work": {"column": "employed", "kind": "continuous", "difference": 12}}
    assert "at a lead" in absent(make(RD, "itt_at_cutoff", outcomes=year), "into_work")


def test_what_recipients_are_paid_may_jump(make: Make) -> None:
    recipients = {"keep": [{"column": "sa_received", "equals": 1}]}
    assert "is a stock" in absent(make(RD, "itt_at_cutoff"), "amount")
    assert "month's own flows" in absent(make(RD, "itt_at_cutoff", model=recipients), "amount")
    assert found(make(RD, "kink_at_cutoff"), "amount")
    paid = make(RD, "kink_at_cutoff", world="benefit_jump_30", outcomes=ONLY_AMOUNT)
    assert "sets amounts" in absent(paid, "amount")


def test_a_limit_does_not_depend_on_the_donut(make: Make) -> None:
    found_at = []
    for donut in (1, 6):
        asked = make({**RD, "donut": donut}, "itt_at_cutoff", model={"periods": "post"})
        (truth,) = found(asked, "sa_exit").values()
        found_at.append(truth)
    assert found_at[0] == found_at[1]


def test_a_limit_follows_who_is_left(make: Make) -> None:
    """Where what was demanded lasts, hardly anybody is left to release at 30, many later."""
    asked = make(RD, "itt_at_cutoff", world="carry_over", model={"periods": "post"})
    under, released = (brute(policy, world="carry_over") for policy in ("under_duty", "released"))
    later = [
        run[run["age_months"].between(361, 372) & run["ym"].ge(201701)]
        for run in (under, released)
    ]  # fmt: skip
    (truth,) = found(asked, "sa_exit").values()
    assert truth.value == pytest.approx(at_cutoff("sa_exit", under, released), abs=1e-9)
    assert truth.value < difference("sa_exit", *later) / 3


def test_no_kink_where_rows_are_chosen_by_a_flow(make: Make) -> None:
    asked = make(RD, "kink_at_cutoff", sample={"rows": "at_risk_exit"})
    assert "at_risk_exit" in absent(asked, "employed")


@pytest.mark.parametrize(
    ("estimand", "column", "name"),
    [
        ("change_in_itt_at_cutoff", "sa_exit", "sa_exit"),
        ("change_in_kink_at_cutoff", "employed", "employed"),
    ],
)
def test_change_is_after_the_law_less_before_it(make: Make, estimand, column, name) -> None:
    under, released = brute("under_duty"), brute("released")
    after, before = (at_cutoff(column, under, released, after=one) for one in (True, False))
    (truth,) = found(make(RD, estimand), name).values()
    assert truth.value == pytest.approx(after - before, abs=1e-7)
    assert before != 0  # early adopters have the duty before the law
    one_sided = make(RD, estimand, model={"periods": "post"})
    assert "one side of the reform" in absent(one_sided, name)
    undated = {key: value for key, value in RD.items() if key != "reform_date"}
    assert "no time before" in absent(make(undated, estimand), name)


def test_no_truth_at_a_lead_of_the_cutoff(make: Make) -> None:
    assert "at a lead" in absent(make(RD, "kink_at_cutoff"), "later")


# --- values and hazards -------------------------------------------------------------------------

QUANTILES = (0.1, 0.5, 0.9)


def test_quantiles_of_recipients(make: Make) -> None:
    asked = make(
        DID,
        "quantile_effect",
        sample={"denominator": "recipients"},
        model={"quantiles": list(QUANTILES)},
    )
    values = [
        treated_after(rows[rows["sa_received"].eq(1)])["sa_nok"].to_numpy()
        for rows in (brute("actual"), brute("no_law"))
    ]
    given = found(asked, "amount")
    for one in QUANTILES:
        first, second = (np.quantile(v, one, method="inverted_cdf") for v in values)
        assert given[Key("quantile_effect", quantile=one)].value == first - second
    assert any(truth.value for truth in given.values())
    assert any(truth.error for truth in given.values())
    assert "names none" in absent(make(DID, "quantile_effect"), "amount")


def test_quantiles_of_adopters(make: Make) -> None:
    """Cohorts treated from the first period on are left out."""
    asked = make(
        ADOPTION,
        "quantile_effect",
        sample={"denominator": "recipients"},
        model={"quantiles": [0.5]},
    )
    values = []
    for rows in (brute("actual"), brute("no_adoption")):
        chosen = rows["sa_received"].eq(1) & rows["age_months"].between(330, 399)
        chosen &= rows["adopted_ym"].gt(201601) & rows["ym"].ge(rows["adopted_ym"])
        values.append(rows.loc[chosen, "sa_nok"].to_numpy())
    first, second = (np.quantile(v, 0.5, method="inverted_cdf") for v in values)
    (truth,) = found(asked, "amount").values()
    assert truth.value == first - second


def test_hazards_are_each_over_their_own_rows_at_risk(make: Make) -> None:
    first, second = (treated_after(brute(policy)) for policy in ("actual", "no_law"))
    at_risk = [rows["sa_exit"].notna() for rows in (first, second)]
    assert not at_risk[0].equals(at_risk[1])
    (truth,) = found(make(DID, "hazard_effect"), "sa_exit").values()
    assert truth.value == pytest.approx(difference("sa_exit", first, second), abs=1e-7)
    assert truth.value > 0
    assert "no entry to or exit" in absent(make(DID, "hazard_effect"), "employed")


def test_hazards_at_the_cutoff(make: Make) -> None:
    asked = make(RD, "hazard_effect", model={"periods": "post"})
    expected = at_cutoff("sa_exit", brute("under_duty"), brute("released"))
    (truth,) = found(asked, "sa_exit").values()
    assert truth.value == pytest.approx(expected, abs=1e-7)


# --- horizons, subgroups, weights ---------------------------------------------------------------


def later(policy: str, lead: int) -> pd.DataFrame:
    """Return the rows of the window with each person's employment ``lead`` months on."""
    rows = brute(policy)
    end = WINDOW[1].year * 12 + WINDOW[1].month - 1 + lead
    wide = brute(policy, window=(WINDOW[0], dt.date(end // 12, end % 12 + 1, 1)))
    month = wide["ym"] // 100 * 12 + wide["ym"] % 100 - 1
    ahead = pd.DataFrame(
        {"person_id": wide["person_id"], "month": month - lead, "later": wide["employed"]}
    )
    own = rows["ym"] // 100 * 12 + rows["ym"] % 100 - 1
    return rows.assign(month=own).merge(ahead, on=["person_id", "month"], how="left")


def test_horizons_read_the_outcome_months_after_the_row(make: Make) -> None:
    given = found(make(DID, "att"), "later")
    assert {key.horizon for key in given} == {6, 12}
    for lead in (6, 12):
        first, second = (treated_after(later(p, lead)) for p in ("actual", "no_law"))
        truth = given[Key("att", horizon=lead)]
        assert truth.value == pytest.approx(difference("later", first, second), **EXACT)
        assert truth.missing == first["later"].isna().sum() > 0


def test_a_lead_may_end_at_an_age_that_the_sample_drops(make: Make) -> None:
    keep = [{"column": "age_months", "at_least": 330, "below": 372}]
    design = {**DID, "control": {"column": "age_months", "at_least": 361}}
    given = found(make(design, "att_relative", sample={"keep": keep}), "later")
    effects = []
    for ages in ((330, 360), (361, 371)):
        first, second = (
            rows[rows["age_months"].between(*ages) & rows["ym"].ge(201701)]
            for rows in (later(policy, 12) for policy in ("actual", "no_law"))
        )
        effects.append(difference("later", first, second))
    truth = given[Key("att_relative", horizon=12)]
    assert truth.value == pytest.approx(effects[0] - effects[1], **EXACT)


@pytest.mark.parametrize(
    ("keep", "design", "offered", "lead", "ages"),
    [
        ([], DID, (16, 67), 0, (16, 67)),
        (KEEP, DID, (16, 67), 0, (27, 33)),
        (KEEP, DID, (16, 67), 9, (27, 34)),
        (KEEP, DID, (28, 32), 24, (28, 32)),
        ([{"column": "age_months", "below": 384}], DID, (16, 67), 0, (16, 31)),
        ([{"column": "age_months", "at_most": 384}], DID, (16, 67), 0, (16, 32)),
        ([{"column": "age_months", "above": 335}, *KEEP], DID, (16, 67), 0, (27, 33)),
        ([{"column": "age_months", "below": 100}], DID, (16, 67), 0, (16, 67)),
        ([{"column": "birth_ym", "at_least": 300}], DID, (16, 67), 0, (16, 67)),
        ([], RD, (16, 67), 0, (29, 30)),
        (KEEP, RD, (30, 67), 0, (30, 30)),
    ],
)
def test_only_ages_that_a_truth_reads_are_simulated(tiny, keep, design, offered, lead, ages):
    y = {"column": "y", "kind": "continuous", "lead_months": lead}
    spec = tiny.spec(panel={"time": "ym", "time_unit": "month"}, sample={"keep": keep},
                     outcomes={"y": y},
                     design=design, models=[{"id": "main", "estimand": "att_relative"
                     if design is DID else "itt_at_cutoff", "estimator": "twfe" if design is DID
                     else "rd_robust"}])  # fmt: skip
    assert truth_ages(spec, offered) == ages


def test_a_models_horizons_come_first(make: Make) -> None:
    given = found(make(DID, "att", model={"horizons": [3]}), "later")
    assert {key.horizon for key in given} == {3}


def test_a_lead_takes_no_pre_row_into_the_reform(make: Make) -> None:
    """In those rows the outcome is one after the law; they are no part of a pre-period."""
    sample = {"drop_periods": [[dt.date(2016, 7, 1), dt.date(2016, 8, 31)]]}
    outcomes = {"later": {**OUTCOMES["later"], "horizons": None, "lead_months": 6}}
    outcomes["later"] = {k: v for k, v in outcomes["later"].items() if v is not None}
    given = found(make(DID, "att_by_event_time", sample=sample, outcomes=outcomes), "later")
    times = {key.event_time for key in given}
    # Leads from January and February 2016 end in the announced months, from July on in the law.
    assert -7 in times and 0 in times
    assert not times & {-6, -5, -4, -3, -2, -1, -12, -11}
    assert -10 in times
    assert all(given[key].value == 0 for key in given if key.event_time < 0)
    assert any(given[key].value != 0 for key in given if key.event_time > 0)


def test_horizons_on_coarser_rows(make: Make) -> None:
    """A quarter's outcome at a lead is the mean of its months' outcomes at that lead."""
    asked = make(
        {**DID, "treated": {"column": "female", "equals": 1}, "control": None},
        "att",
        panel={"period": "quarter"},
    )
    means = []
    for policy in ("actual", "no_law"):
        rows = later(policy, 6)
        rows = rows[rows["age_months"].between(330, 399) & rows["female"].eq(1)]
        rows = rows[rows["ym"].ge(201701)]
        quarter = rows["ym"] // 100 * 4 + (rows["ym"] % 100 - 1) // 3
        means.append(rows.groupby([rows["person_id"], quarter])["later"].mean().mean())
    truth = found(asked, "later")[Key("att", horizon=6)]
    assert truth.value == pytest.approx(means[0] - means[1], **EXACT)


def test_subgroups_are_the_values_of_a_column(make: Make) -> None:
    by = [{"by": ["female", "adoption_status"], "models": ["main"]}]
    given = found(make(DID, "att_relative", heterogeneity=by), "condition")
    assert {key.subgroup for key in given} == {
        "", "female=0", "female=1",
        "adoption_status=before", "adoption_status=at_law", "adoption_status=after",
    }  # fmt: skip
    keep = {"keep": [{"column": "female", "equals": 1}]}
    (alone,) = found(make(DID, "att_relative", model=keep), "condition").values()
    assert given[Key("att_relative", subgroup="female=1")] == alone
    status = {"keep": [{"column": "adoption_status", "equals": "before"}]}
    (alone,) = found(make(DID, "att_relative", model=status), "condition").values()
    assert given[Key("att_relative", subgroup="adoption_status=before")] == alone


def test_a_triple_difference_is_that_of_two_relative_effects(make: Make) -> None:
    spec, coupled = make({**DID, "third": {"column": "female", "equals": 1}}, "att_relative")
    main = spec.models[0].model_copy(update={"options": triple_difference.Options()})
    given = truths(coupled, spec, main, spec.outcomes["condition"]).found
    runs = [brute(policy) for policy in ("actual", "no_law")]
    effects = {}
    for female in (0, 1):
        for ages in ((330, 360), (372, 399)):
            first, second = (
                rows[
                    rows["age_months"].between(*ages)
                    & rows["ym"].ge(201701)
                    & rows["female"].eq(female)
                ]
                for rows in runs
            )
            effects[female, ages] = difference("condition_imposed", first, second)
    relative = [effects[female, (330, 360)] - effects[female, (372, 399)] for female in (0, 1)]
    truth = given[Key("att_relative")]
    assert truth.value == pytest.approx(relative[1] - relative[0], **EXACT)
    assert truth.value != 0.0 and truth.error > 0.0
    # A model without the third difference asks for the effect in both groups together.
    assert found((spec, coupled), "condition") == found(make(DID, "att_relative"), "condition")
    (alone,) = found(
        make(DID, "att_relative", model={"keep": [{"column": "female", "equals": 1}]}), "condition"
    ).values()
    assert alone.value == pytest.approx(relative[1], **EXACT)


def test_municipalities_weigh_as_their_persons_or_once(make: Make) -> None:
    sample = {"rows": {"by": ["muni_h"]}}
    asked = make(ADOPTION, "att", sample=sample)
    effects, persons = [], []
    for policy in ("actual", "no_adoption"):
        rows = brute(policy)
        rows = rows[rows["age_months"].between(330, 399) & rows["adopted_ym"].gt(201601)]
        rows = rows[rows["ym"].ge(rows["adopted_ym"])]
        cell = rows.groupby(["muni_h", "ym"], observed=True)["condition_imposed"]
        effects.append(cell.mean())
        persons.append(cell.size())
    effect = effects[0] - effects[1]
    once = found(asked, "condition", weights="municipality")[Key("att")].value
    weighed = found(asked, "condition")[Key("att")].value
    assert once == pytest.approx(effect.mean(), **EXACT)
    assert weighed == pytest.approx(np.average(effect, weights=persons[0]), **EXACT)
    assert abs(once - weighed) > 1e-6
    spec, coupled = make(DID, "att")
    alone = truths(
        coupled, spec, spec.models[0], spec.outcomes["condition"], weights="municipality"
    )
    assert not alone.found and "rows are persons" in alone.absent


# --- exactly zero -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("design", "estimand", "outcome", "model"),
    [
        (DID, "att", "later", {}),
        (DID, "hazard_effect", "sa_exit", {}),
        (DID, "quantile_effect", "amount", {"quantiles": [0.25, 0.99]}),
        (RD, "kink_at_cutoff", "employed", {}),
        (RD, "change_in_kink_at_cutoff", "employed", {}),
        (RD, "change_in_itt_at_cutoff", "sa_exit", {}),
        (RD, "late_at_cutoff", "sa_exit", {}),
    ],
)
def test_a_null_is_exactly_zero(make: Make, design, estimand, outcome, model) -> None:
    asked = make(design, estimand, world="published_null", model=model)
    given = found(with_exclusion(asked, True), outcome)
    assert given
    assert {(truth.value, truth.error) for truth in given.values()} == {(0.0, 0.0)}


# --- the Monte Carlo error ----------------------------------------------------------------------


def cells_of(rng: np.random.Generator) -> pd.DataFrame:
    sizes = rng.integers(5, 50, (2, BLOCKS)).astype(float)
    values = rng.normal(1.0, 0.3, (4, BLOCKS))
    return pd.DataFrame(
        {
            "block": np.arange(BLOCKS),
            "total_1": values[0] * sizes[0], "total_0": values[1] * sizes[1],
            "paired_1": (2 + values[2]) * sizes[0], "paired_0": values[3] * sizes[1],
            "weight_1": sizes[0], "weight_0": sizes[1],
            "missing_1": 0.0, "missing_0": 0.0,
        }
    )  # fmt: skip


def test_error_is_the_delete_one_block_jackknife() -> None:
    cells = cells_of(np.random.default_rng(3))
    ones = np.ones(BLOCKS)

    def effect(rows: pd.DataFrame, name: str) -> float:
        sums = rows.sum()
        first = sums[f"{name}_1"] / sums["weight_1"]
        return float(first - sums[f"{name}_0"] / sums["weight_0"])

    def ratio(rows: pd.DataFrame) -> float:
        return effect(rows, "total") / effect(rows, "paired")

    for truth, value in (
        (mean_effect(cells, ones), lambda rows: effect(rows, "total")),
        (ratio_of_effects(cells, ones), ratio),
    ):
        parts = np.array([value(cells.drop(index=one)) for one in range(BLOCKS)])
        spread = np.sqrt((BLOCKS - 1) / BLOCKS * ((parts - parts.mean()) ** 2).sum())
        assert truth.value == pytest.approx(value(cells), rel=1e-12)
        assert truth.error == pytest.approx(spread, rel=1e-9)


def test_no_cells_have_no_mean() -> None:
    cells = cells_of(np.random.default_rng(3))
    assert np.isnan(mean_effect(cells, np.zeros(BLOCKS)).value)
    empty = cells.assign(weight_0=0.0)
    assert np.isnan(mean_effect(empty, np.ones(BLOCKS)).value)


def test_every_transition_of_the_panel_is_a_flow() -> None:
    transitions = {name for name in data_synth.COLUMNS if name.startswith(("sa_entry", "sa_exit"))}
    assert transitions == HAZARDS < FLOWS
    assert set(data_synth.COLUMNS) >= FLOWS
