"""Flows jump at the cutoff, stocks kink there."""

from __future__ import annotations

from collections.abc import Iterable

from evaluation.data.functionals.contract import Case
from evaluation.spec.dates import Dated
from evaluation.spec.filters import Filter
from evaluation.spec.model import Model
from evaluation.spec.sample import GroupedRows, Outcome, RowKind
from evaluation.spec.spec import Spec

RECEIVED = "sa_received"
# Who is at risk of each transition, as `sample.rows` calls them; it is missing for everyone else.
AT_RISK: dict[str, RowKind] = {
    "sa_entry": "at_risk_entry",
    "sa_exit": "at_risk_exit",
    "sa_exit_work": "at_risk_exit",
    "sa_exit_education": "at_risk_exit",
    "sa_exit_programme": "at_risk_exit",
    "sa_exit_aap": "at_risk_exit",
    "sa_exit_disability": "at_risk_exit",
    "sa_exit_introduction": "at_risk_exit",
    "sa_exit_nothing": "at_risk_exit",
}
HAZARDS = frozenset(AT_RISK)
# What answers to the current month's duty at once; everything else is a stock.
FLOWS = HAZARDS | {"condition_imposed", "condition_hours"}
# What recipients are paid: receipt itself cannot jump, what a rule grants to recipients can.
PAYMENTS = frozenset({"sa_nok", "sa_nok_real"})


def can_jump(spec: Spec, model: Model, outcome: Outcome) -> bool:
    """Return whether an outcome may jump at an age: a flow, or what recipients are paid.

    Parameters
    ----------
    spec, model
        Whose rows they are.
    outcome
        What is measured. The change of a stock since the month before is a flow.
    """
    if outcome.column in FLOWS or is_first_difference(outcome):
        return True
    return outcome.column in PAYMENTS and _of_recipients(spec, model.keep)


def is_first_difference(outcome: Outcome) -> bool:
    """Return whether an outcome is a stock's change since the month before, and so a flow."""
    return outcome.column not in FLOWS and outcome.dated == Dated(outcome.column, change=1)


def no_jump(case: Case) -> str:
    """Return why the outcome has no jump to be true of, empty where it has."""
    if case.outcome.column in FLOWS or is_first_difference(case.outcome):
        return ""
    if can_jump(case.spec, case.model, case.outcome):
        return (
            f"recipients differ between the policies compared by the month's own flows, so that "
            f"their mean {case.outcome.column} differs by more than its jump"
        )
    return f"{case.outcome.column} is a stock: it cannot jump at the cutoff, it kinks there"


def no_kink(case: Case) -> str:
    """Return why the outcome has no kink to be true of, empty where it has.

    Rows chosen by a transition of their own month or the one before make every outcome a flow.
    """
    if case.outcome.column in FLOWS or is_first_difference(case.outcome):
        return f"{case.outcome.column} is a flow: at the cutoff it jumps"
    if case.outcome.column in PAYMENTS and case.facts.sets_amounts:
        return f"the rule sets amounts: at the cutoff {case.outcome.column} jumps"
    rows = case.spec.sample.rows
    if not isinstance(rows, GroupedRows) and rows != "person_month":
        return f"rows = {rows!r} are chosen by a flow, so that outcomes jump at the cutoff"
    return ""


def no_hazard(case: Case) -> str:
    """Return why the outcome is no transition, empty where it is one."""
    if case.outcome.column in HAZARDS:
        return ""
    return f"{case.outcome.column} is no entry to or exit from social assistance"


def no_ratio(case: Case) -> str:
    """Return why reduced form over first stage is no LATE, empty where it is one."""
    if case.first_stage is None:
        return "no first stage is named: give design.treatment, or first_stage in a smallest effect"
    if not case.facts.exclusion:
        return (
            "the world's duty also acts by deterrence and threat (exclusion = false): reduced "
            "form over first stage is no LATE"
        )
    return ""


def _of_recipients(spec: Spec, keep: Iterable[Filter]) -> bool:
    if spec.sample.denominator != "population":
        return True
    return any(one.column == RECEIVED and one.equals == 1 for one in (*spec.sample.keep, *keep))
