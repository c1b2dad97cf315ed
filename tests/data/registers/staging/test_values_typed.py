"""Months, dates, amounts and codes in every form; what is none is counted, never shown."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from evaluation.errors import DataError

SPELL = "person_id;group;from;to\n"
DATES = {
    "YYYY-MM-DD": ("2016-02-01", "2016-12-31"),
    "YYYYMMDD": ("20160201", "20161231"),
    "DDMMYYYY": ("1022016", "31122016"),  # a leading zero lost
    "DDMMYY": ("10216", "311216"),
    "DD.MM.YYYY": ("01.02.2016", "31.12.2016"),
    "sas_days": ("20485", "20819"),
}


@pytest.mark.parametrize("form", DATES)
def test_dates_are_read_in_their_form_and_as_iso(form: str, staging: Any) -> None:
    start, end = DATES[form]
    text = SPELL + f"a;1;{start};{end}\nb;1;2016-02-01;2016-12-31\n"
    staged = staging(jobseeker_spell=text, reading={"dates": form})
    both = (dt.date(2016, 2, 1), dt.date(2016, 12, 31))
    assert staged.rows("jobseeker_spell", '"from", "to"') == [both, both]


def test_two_digits_are_a_year_of_the_delivery_or_before(staging: Any) -> None:
    text = SPELL + "a;1;010123;\nb;1;010124;\n"  # last year 2018: 2023 at the latest
    staged = staging(jobseeker_spell=text, reading={"dates": "DDMMYY"}, last=dt.date(2018, 12, 1))
    # The spell of 2023 begins after the delivery's last month.
    assert staged.rows("jobseeker_spell", '"from"') == [(dt.date(1924, 1, 1),)]
    assert staged.touched("out_of_period") == (1, 1)


@pytest.mark.parametrize("form", DATES)
def test_what_is_no_date_is_refused(form: str, staging: Any) -> None:
    text = SPELL + "a;1;2016-02-30;\nb;1;320116;\nc;1;x;\nd;1;2016-01-01;\n"
    with pytest.raises(DataError) as refused:
        staging(jobseeker_spell=text, reading={"dates": form})
    line = 'tables.jobseeker_spell: column "from": 3 rows in the file do not hold a date; '
    assert refused.value.faults[0].startswith(line) or form == "YYYYMMDD"


@pytest.mark.parametrize("text", ["201602", "2016-02", "2016-02-29"])
def test_months_are_read(text: str, staging: Any) -> None:
    staged = staging(sa_spell=f"person_id;from_ym;to_ym\na;{text};\n")
    assert staged.rows("sa_spell", "from_ym") == [(2016 * 12 + 1,)]


@pytest.mark.parametrize("text", ["201613", "201600", "179912", "2016", "2016-13", "2.01e5", "x"])
def test_what_is_no_month_is_refused(text: str, staging: Any) -> None:
    with pytest.raises(DataError) as refused:
        staging(sa_spell=f"person_id;from_ym;to_ym\na;{text};201712\n")
    (line,) = refused.value.faults
    assert line == (
        'tables.sa_spell: column "from_ym": 1 row in the file does not hold a month; allowed: '
        "YYYYMM, YYYY-MM, or a date as reading.dates says"
    )


PAID = "person_id;ym;payer_municipality;grant_nok;loan_nok;paid\n"
AMOUNTS = [
    ("1234", {}, 1234),
    ("+1234", {}, 1234),
    ("1234.00", {}, 1234),
    ("1234,00", {"decimal": ","}, 1234),
    ("1 234 567", {"thousands": " "}, 1234567),
    ("1\u00a0234\u202f567", {"thousands": " "}, 1234567),
    ("1.234.567,0", {"thousands": ".", "decimal": ","}, 1234567),
    ("1,234", {"thousands": ","}, 1234),
    ("007", {}, 7),
]


@pytest.mark.parametrize(("text", "reading", "kroner"), AMOUNTS)
def test_amounts_are_read(text: str, reading: dict[str, str], kroner: int, staging: Any) -> None:
    staged = staging(sa_month=f"{PAID}a;201601;0301;{text};;1\n", reading=reading)
    assert staged.rows("sa_month", "grant_nok, loan_nok") == [(kroner, None)]


@pytest.mark.parametrize(
    ("text", "reading"),
    [
        ("1,234", {}),
        ("1.5", {}),
        ("1.23", {"thousands": ".", "decimal": ","}),
        ("1234.567", {"thousands": ".", "decimal": ","}),
        ("12 34", {"thousands": " "}),
        ("1e3", {}),
        ("1_000", {}),
        ("9" * 30, {}),
        ("kr 5", {}),
    ],
)
def test_what_is_no_amount_is_refused(text: str, reading: dict[str, str], staging: Any) -> None:
    with pytest.raises(DataError, match="1 row in the file does not hold whole kroner; reading"):
        staging(sa_month=f"{PAID}a;201601;0301;{text};;1\n", reading=reading)


def test_every_fault_of_every_table_is_told_at_once(staging: Any) -> None:
    with pytest.raises(DataError) as refused:
        staging(
            sa_month=[
                PAID + "a;201601;301;-5;0;2\n",
                PAID + "b;201601;0301;x;0;1\n",
                PAID + "c;201601;301;4;0;1\n",
            ],
            sa_spell="person_id;from_ym;to_ym\na;201601;201613\n",
        )
    assert refused.value.faults == (
        'tables.sa_month: column "payer_municipality": 2 rows in 2 of 3 files hold what is not '
        "allowed; allowed: codes of 4 characters, leading zeros kept; deliver them as text",
        'tables.sa_month: column "grant_nok": 1 row in 1 of 3 files does not hold whole kroner; '
        "reading.decimal and reading.thousands say how they are written",
        'tables.sa_month: column "grant_nok": 1 row in 1 of 3 files holds what is not allowed; '
        "allowed: at least 0; correct the files",
        'tables.sa_month: column "paid": 1 row in 1 of 3 files holds what is not allowed; '
        "allowed: at least 0 and at most 1; correct the files",
        'tables.sa_spell: column "to_ym": 1 row in the file does not hold a month; allowed: '
        "YYYYMM, YYYY-MM, or a date as reading.dates says",
    )


def test_what_whole_tables_break_is_told_at_once(staging: Any) -> None:
    with pytest.raises(DataError) as refused:
        staging(
            sa_month=PAID + "a;201601;0301;1;0;1\na;201601;0301;1;0;1\nb;;0301;1;0;1\n",
            sa_spell="person_id;from_ym;to_ym\na;201605;201601\n",
        )
    assert refused.value.faults == (
        'tables.sa_month: column "ym": 1 row without a value, which every row must have; correct '
        "the files, or see reading.missing in the mapping",
        "tables.sa_month: 1 row with the same person_id, ym, payer_municipality as another; "
        "allowed: one row a key; deliver each once",
        'tables.sa_spell: 1 row with "to_ym" before "from_ym"; correct the files, or see '
        "reading.dates in the mapping",
    )


def test_codes_are_given_and_sets_sorted(staging: Any) -> None:
    text = "person_id;year;condition;condition_types\na;2016;1;16,17+04\nb;2016;NA;\nc;2016;2;17\n"
    codes = {"condition": {"1": "yes", "2": "no"}, "condition_types": {"17": "18"}}
    staged = staging(sa_condition=text, say={"sa_condition": {"codes": codes}})
    assert staged.rows("sa_condition", "condition, condition_types") == [
        ("yes", "04+16+18"),
        (None, None),
        ("no", "18"),
    ]
