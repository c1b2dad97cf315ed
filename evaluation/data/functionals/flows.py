"""Flows jump at the cutoff, stocks kink there."""

from __future__ import annotations

from evaluation.data.functionals.contract import Case
from evaluation.spec.sample import GroupedRows

# Transitions, missing in the rows that are not at risk of them.
HAZARDS = frozenset(
    {
        "sa_entry",
        "sa_exit",
        "sa_exit_work",
        "sa_exit_education",
        "sa_exit_programme",
        "sa_exit_aap",
        "sa_exit_disability",
        "sa_exit_introduction",
        "sa_exit_nothing",
    }
)
# What answers to the current month's duty at once; everything else is a stock.
FLOWS = HAZARDS | {"condition_imposed", "condition_hours"}


def no_jump(case: Case) -> str:
    """Return why the outcome has no jump to be true of, empty where it has."""
    if case.outcome.column in FLOWS:
        return ""
    return f"{case.outcome.column} is a stock: it cannot jump at the cutoff, it kinks there"


def no_kink(case: Case) -> str:
    """Return why the outcome has no kink to be true of, empty where it has.

    Rows chosen by a transition of their own month or the one before make every outcome a flow.
    """
    if case.outcome.column in FLOWS:
        return f"{case.outcome.column} is a flow: at the cutoff it jumps"
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
