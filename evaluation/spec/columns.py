"""The columns of the panel that a spec names."""

from __future__ import annotations

from evaluation.spec.dates import AGE, dated_columns
from evaluation.spec.joined import dropping
from evaluation.spec.model import Model
from evaluation.spec.names import Column
from evaluation.spec.options import ColumnName, GapColumn
from evaluation.spec.spec import Spec
from evaluation.spec.walk import marked_values

# What each denominator and row kind reads beside the columns that the spec names itself.
DENOMINATOR_COLUMNS: dict[str, tuple[str, ...]] = {
    "population": (),
    "recipients": ("sa_received",),
    "main_income": ("sa_main_income",),
    "no_other_benefit": ("no_other_benefit",),
}
ROW_COLUMNS: dict[str, tuple[str, ...]] = {
    "person_month": (),
    "person": (),
    "first_of_year": (),
    "entry": ("sa_entry",),
    "at_risk_entry": ("sa_entry",),
    "at_risk_exit": ("sa_exit",),
}


def columns_of_spec(spec: Spec) -> dict[str, str]:
    """Return every column that ``spec`` names, with the key path that names it first."""
    named: dict[str, str] = {}
    dated = dated_columns(spec)
    for where, column in marked_values(spec, ColumnName):
        named.setdefault(dated[where].name if where in dated else column, where)
    for name, outcome in spec.outcomes.items():
        if outcome.at_age is not None:
            named.setdefault(AGE, f"outcomes.{name}.at_age")
    for model in spec.models:
        for where, column in marked_values(model.options, ColumnName):
            named.setdefault(column, f"models.{model.id}.{where}")
    for check in spec.checks:
        for where, column in marked_values(check.options, ColumnName):
            named.setdefault(column, f"checks.{check.name}.{where}")
    for column in DENOMINATOR_COLUMNS[spec.sample.denominator]:
        named.setdefault(column, "sample.denominator")
    if isinstance(spec.sample.rows, str):
        for column in ROW_COLUMNS[spec.sample.rows]:
            named.setdefault(column, "sample.rows")
    for column, where in dropping(spec).items():
        named.setdefault(column, where)
    return named


def columns_of_model(model: Model) -> tuple[Column, ...]:
    """Return the columns that one model needs beside the outcome and the design's own."""
    marked = (column for _, column in marked_values(model.options, ColumnName))
    gaps = columns_with_gaps(model)
    complete = (column for column in marked if column not in gaps)
    trends = () if model.group_trends is None else (model.group_trends,)
    further = (*model.interact, *trends)
    named = (*model.controls, *model.fixed_effects, *model.clusters, *further, *complete)
    return tuple(dict.fromkeys(named))


def columns_with_gaps(model: Model) -> tuple[Column, ...]:
    """Return the columns of one model's options whose missing values leave no row out."""
    marked = (column for _, column in marked_values(model.options, GapColumn))
    return tuple(dict.fromkeys(marked))
