"""The form for social assistance, KOSTRA 11F: a record a recipient, municipality and year."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

from evaluation.data.registers.mapping import TableMapping
from evaluation.data.registers.shapes import _form_11f as form
from evaluation.data.registers.shapes import tables as _canonical_tables
from evaluation.data.registers.shapes._form_draft import drafted
from evaluation.data.registers.shapes._form_fields import Fields, fields_of
from evaluation.data.registers.shapes._select import (
    PERSON_KEY,
    person_column,
    select,
    stacked,
    table_of,
)
from evaluation.data.registers.shapes._wide import months_of
from evaluation.data.registers.shapes.contract import Drafted, Look
from evaluation.data.registers.sql import literal, quoted
from evaluation.data.registers.tables.registry import TABLES as _ALL

TITLE = "KOSTRA 11F: a record a recipient, municipality and year, fields by their names of 2024"
TABLES = (
    "person",
    "sa_month",
    "sa_year",
    "sa_condition",
    *(name for name in _ALL if person_column(name) is None),
)
FIELDS: tuple[str, ...] = ()


def canonical(entry: str, mapping: TableMapping, raw_columns: Sequence[str]) -> str:
    """Return what the form says of one table; see ``contract.Shape``.

    The mapping's ``columns`` give, by the field's name of 2024, its name in these files.
    """
    table = table_of(entry)
    if person_column(table) is None:
        return _canonical_tables.canonical(entry, mapping, raw_columns)
    return _MADE[table](fields_of(entry, mapping, raw_columns))


def faulty(entry: str, mapping: TableMapping, raw_columns: Sequence[str]) -> Mapping[str, str]:
    """Return conditions of records that are of no such form; see ``contract.Shape``."""
    table = table_of(entry)
    if person_column(table) is None:
        return {}
    fields = fields_of(entry, mapping, raw_columns)
    lines: dict[str, str] = {}
    if fields.fixed:
        other = f"{fields['VERSION']} IS DISTINCT FROM {literal(form.VERSION)}"
        lines[
            f"records without separators are of another year than 20{form.VERSION}, or shifted; "
            "places shift from year to year, so deliver the fields by name"
        ] = other
    if table in ("sa_month", "sa_year"):
        wrong = [_holds_other(fields, f"STMND_{k}", str(k)) for k in range(1, 13)]
        lines[
            "STMND_1 to STMND_12 hold something else than the number of their month, 01 to 12; "
            "blank means no assistance, and 0 and 1 are not of this form: recode them"
        ] = " OR ".join(wrong)
    if table == "sa_condition":
        wrong = [_holds_other(fields, name, code) for name, code in _BOXES.items()]
        lines[
            "boxes of conditions, exemptions or sanctions hold another code than their own; "
            "say with columns which field is which"
        ] = " OR ".join(wrong)
    return lines


def together(table: str, parts: Mapping[str, Sequence[str]]) -> str:
    """Return the records of all years, of persons each sex once; see ``contract.Shape``."""
    rows = stacked(parts)
    return f"SELECT DISTINCT * FROM ({rows})" if table == "person" else rows


def draft(looks: Sequence[Look]) -> tuple[Drafted, ...]:
    """Return the files that hold the form's fields; see ``contract.Shape``."""
    return drafted(looks)


_BOXES: Mapping[str, str] = {**form.CONDITIONS, **form.EXEMPTIONS, **form.SANCTIONS}


def _holds_other(fields: Fields, name: str, code: str) -> str:
    held = fields[name]
    return f"({held} IS NOT NULL AND TRY_CAST({held} AS INTEGER) IS DISTINCT FROM {int(code)})"


def _person(fields: Fields) -> str:
    """Return the sex of those who can be linked; a DUF number alone links nobody."""
    linked, sex = fields.linked, fields["KJONN"]
    query = select({PERSON_KEY: linked, "sex": sex}, where=f"{linked} IS NOT NULL AND {sex} <> ''")
    return f"SELECT DISTINCT * FROM ({query})"


def _months(fields: Fields) -> str:
    named = {
        "grant_nok": [f"BIDRAG_{month}" for month in form.MONTHS],
        "loan_nok": [f"LAAN_{month}" for month in form.MONTHS],
        "paid": [f"STMND_{k}" for k in range(1, 13)],
    }
    columns = {
        column: {k: fields[name] for k, name in enumerate(names, start=1)}
        for column, names in named.items()
    }
    months = months_of(
        fields.key, fields.year, {"payer_municipality": fields["KOMMUNE_NR"]}, columns
    )
    paid = f"CASE WHEN paid IS NULL THEN '0' ELSE '1' END AS {quoted('paid')}"
    return f"SELECT * REPLACE ({paid}) FROM ({months})"


def _year(fields: Fields) -> str:
    months = " + ".join(
        f"CAST({fields[f'STMND_{k}']} IS NOT NULL AS TINYINT)" for k in range(1, 13)
    )
    payers = (
        f"count(DISTINCT {fields['KOMMUNE_NR']}) OVER (PARTITION BY {fields.key}, {fields.year})"
    )
    return select(
        {
            **_record(fields),
            "months": months,
            "grant_nok": fields["BIDRAG"],
            "loan_nok": fields["LAAN"],
            "n_municipalities": payers,
            "main_source": fields["VKLO"],
            "work_status": fields["ARBSIT"],
            "housing": fields["BOSIT"],
        }
    )


def _condition(fields: Fields) -> str:
    answer = fields["VILKARSOSLOV"]
    return select(
        {
            **_record(fields),
            "condition": f"CASE {answer} WHEN '1' THEN 'yes' WHEN '2' THEN 'no' ELSE {answer} END",
            "condition_types": _crossed(fields, form.CONDITIONS),
            "decision_from": fields["UTBETDATO"],
            "decision_to": fields["UTBETTOMDATO"],
            "exemption_date": fields["VEDTAKDATO"],
            "exemption_reasons": _crossed(fields, form.EXEMPTIONS),
            "sanction": _crossed(fields, form.SANCTIONS),
        }
    )


def _record(fields: Fields) -> dict[str, str]:
    return {
        PERSON_KEY: fields.key,
        "year": fields.year,
        "payer_municipality": fields["KOMMUNE_NR"],
    }


def _crossed(fields: Fields, boxes: Mapping[str, str]) -> str:
    """Return the codes of the boxes crossed, sorted and joined."""
    in_order = sorted(boxes.items(), key=lambda pair: pair[1])
    codes = ", ".join(
        f"CASE WHEN {fields[name]} IS NOT NULL THEN {literal(code)} END" for name, code in in_order
    )
    return f"nullif(concat_ws('+', {codes}), '')"


_MADE: Mapping[str, Callable[[Fields], str]] = MappingProxyType(
    {"person": _person, "sa_month": _months, "sa_year": _year, "sa_condition": _condition}
)
