"""The rows of the sample as one expression, with the flags of the design and the models."""

from __future__ import annotations

import operator
from collections.abc import Iterable
from functools import reduce
from typing import Any

from evaluation.cells.expressions.filters import decided, satisfied
from evaluation.cells.expressions.times import first_of, period_index, raw, time_of
from evaluation.cells.expressions.values import facts_of, may_lack, without_nan
from evaluation.cells.plan import Condition, Flag, Plan
from evaluation.cells.relation import Relation


def sample_rows(relation: Relation, plan: Plan) -> Any:
    """Return the rows that satisfy every condition of the sample, as an Ibis table with flags.

    Columns keep the types of the panel, NaN null; a flag is 1, 0 or null, of type int8.

    Parameters
    ----------
    relation
        The panel.
    plan
        Conditions and flags.

    Raises
    ------
    DataError
        Unknown columns, comparisons of text with numbers.
    """
    table = without_nan(relation.table, relation.columns)
    wanted = [holds(relation, plan, table, one) for one in plan.conditions]
    if wanted:
        table = table.filter(*wanted)
    return with_flags(relation, plan, table)


def with_flags(relation: Relation, plan: Plan, table: Any) -> Any:
    """Return a table of the panel's rows with the plan's flags."""
    flags = {flag.name: flag_of(relation, plan, table, flag) for flag in plan.flags}
    return table.mutate(**flags) if flags else table


def named(predicates: Iterable[Condition | Flag]) -> frozenset[str]:
    """Return the columns, other than time, that conditions and flags look at."""
    return frozenset(one.column for each in predicates for one in each.filters)


def holds(relation: Relation, plan: Plan, table: Any, condition: Condition) -> Any:
    """Return which rows stay after one step of the sample, never null."""
    if condition.moments is not None:
        values, calendar = time_of(relation, plan, table)
        low, high = (raw(calendar, one) for one in condition.moments)
        inside = (values >= low) & (values <= high)
    else:
        inside = reduce(
            operator.and_,
            (
                satisfied(table[one.column], facts_of(relation, one.column), one, condition.step)
                for one in condition.filters
            ),
        )
    return ~inside if condition.negated else inside


def flag_of(relation: Relation, plan: Plan, table: Any, flag: Flag) -> Any:
    """Return a flag: 1 where its filters hold, 0 where not, null where they are undecided.

    ``negated`` changes 1 and 0.
    """
    held = _held(relation, plan, table, flag)
    return (~held if flag.negated else held).cast("int8")


def _held(relation: Relation, plan: Plan, table: Any, flag: Flag) -> Any:
    if flag.from_period is not None:
        values, calendar = time_of(relation, plan, table)
        return values >= first_of(calendar, flag.from_period)
    parts = []
    doubtful = []
    for one in flag.filters:
        facts = facts_of(relation, one.column)
        values = _at_its_moment(relation, plan, table, flag, table[one.column])
        parts.append(decided(values, facts, one, flag.where))
        if one.missing is None and may_lack(facts):
            doubtful.append(values.isnull())
    joint = reduce(operator.and_, parts)
    if len(parts) == 1 or not doubtful:
        return joint
    import ibis

    return reduce(operator.or_, doubtful).ifelse(ibis.null("boolean"), joint)


def _at_its_moment(relation: Relation, plan: Plan, table: Any, flag: Flag, values: Any) -> Any:
    if flag.shift_months:
        values = values.cast("int64") - flag.shift_months
    if flag.at_month is not None:
        time, calendar = time_of(relation, plan, table)
        months = (period_index(time, calendar) - flag.at_month) * calendar.months
        values = values.cast("int64") - months
    return values
