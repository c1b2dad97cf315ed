"""Rules leave what spells cover as it was, and count what they touch."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

import numpy as np
import pytest

from evaluation.errors import DataError

SPELL = "person_id;from_ym;to_ym\n"


def _months(spells: Iterable[tuple[int, int, int]]) -> list[tuple[int, int]]:
    return [(who, month) for who, start, end in spells for month in range(start, end + 1)]


@pytest.mark.parametrize("overlap", ["merge", "first"])
def test_overlapping_spells_cover_the_same_months_once(overlap: str, staging: Any) -> None:
    random = np.random.default_rng(5)
    spells = []
    for who in range(1, 200):
        for _ in range(random.integers(1, 6)):
            start = int(random.integers(2014 * 12, 2015 * 12))
            spells.append((who, start, start + int(random.integers(0, 6))))
    text = SPELL + "".join(
        f"{who:03d};{start // 12}{start % 12 + 1:02d};{end // 12}{end % 12 + 1:02d}\n"
        for who, start, end in spells
    )
    staged = staging(sa_spell=text, say={"sa_spell": {"overlap": overlap}})
    after = _months(staged.rows("sa_spell", "person, from_ym, to_ym"))
    assert len(after) == len(set(after))
    assert set(after) == set(_months(spells))
    # A row is touched where an earlier one of the person reaches its first month.
    touched = set()
    for at, (who, start, _) in enumerate(sorted(spells)):
        before = sorted(spells)[:at]
        if any(w == who and s <= start <= e for w, s, e in before):
            touched.add((at, who))
    assert staged.touched("overlap") == (len({who for _, who in touched}), len(touched))
    rows = staged.rows("sa_spell", "person")
    assert rows == sorted(rows)


def test_spells_of_other_benefits_may_overlap(staging: Any) -> None:
    text = "person_id;benefit;from_ym;to_ym\na;aap;201601;201606\na;kvp;201602;201603\n"
    staged = staging(benefit_spell=text + "a;aap;201606;\na;aap;201608;201609\n")
    columns = "benefit, from_ym - 2016 * 12, to_ym - 2016 * 12"
    assert staged.rows("benefit_spell", columns) == [("aap", 0, None), ("kvp", 1, 2)]
    assert staged.touched("overlap") == (1, 2)


def test_a_place_ends_when_the_next_begins(staging: Any) -> None:
    text = (
        "person_id;municipality;valid_from;valid_to\na;0301;2015-01-01;\n"
        "a;0302;2016-05-01;2016-12-31\na;0303;2017-02-01;\nb;0301;2015-01-01;9999-12-31\n"
    )
    staged = staging(residence=text)
    assert staged.rows("residence", "person, municipality, valid_to") == [
        (1, "0301", dt.date(2016, 4, 30)),
        (1, "0302", dt.date(2016, 12, 31)),
        (1, "0303", None),
        (2, "0301", dt.date(2018, 12, 31)),
    ]
    found = {rule: staged.touched(rule) for rule in ("overlap", "gaps", "clipped", "open_end")}
    assert found == {"overlap": (1, 1), "gaps": (1, 1), "clipped": (1, 1), "open_end": (1, 2)}


PAID = "person_id;ym;payer_municipality;grant_nok;loan_nok;paid\n"
TWO = PAID + "a;201601;0301;10;;0\na;201601;0302;20;5;1\na;201602;0301;7;1;1\n"


@pytest.mark.parametrize(
    ("several", "kept"), [("sum", ("0302", 30, 5, 1)), ("largest", ("0302", 20, 5, 1))]
)
def test_a_month_paid_by_two_is_one_row(several: str, kept: Any, staging: Any) -> None:
    staged = staging(sa_month=TWO, say={"sa_month": {"several": several}})
    columns = "payer_municipality, grant_nok, loan_nok, paid"
    assert staged.rows("sa_month", columns) == [kept, ("0301", 7, 1, 1)]
    assert staged.touched("several") == (1, 1)


@pytest.mark.parametrize(
    ("table", "text", "said", "line"),
    [
        (
            "sa_month",
            TWO,
            {"several": "error"},
            "tables.sa_month: months were paid by several municipalities (1 row), which several = "
            '"error" rules out; correct the files, or let the mapping say otherwise',
        ),
        (
            "sa_spell",
            SPELL + "a;201601;201603\na;201603;201604\n",
            {"overlap": "error"},
            'tables.sa_spell: spells overlap (1 row), which overlap = "error" rules out; correct '
            "the files, or let the mapping say otherwise",
        ),
        (
            "sa_spell",
            SPELL + "a;201601;\n",
            {"open_end": "error"},
            'tables.sa_spell: column "to_ym": 1 row has no end, which open_end = "error" rules '
            'out; correct the files, or say "ongoing" or "drop"',
        ),
        (
            "sa_spell",
            SPELL + "a;201601;\n",
            {"open_end": None},
            "tables.sa_spell.open_end: says nothing; a missing end means ongoing in some tables "
            'and not in others; allowed: "ongoing", "drop", "error"',
        ),
    ],
)
def test_what_the_mapping_rules_out_is_refused(
    table: str, text: str, said: Any, line: str, staging: Any
) -> None:
    with pytest.raises(DataError) as refused:
        staging(say={table: said}, **{table: text})
    assert refused.value.faults == (line,)


def test_spells_without_an_end_are_dropped_where_they_ended(staging: Any) -> None:
    text = SPELL + "a;201601;\na;201701;201702\nb;201601;\nc;201901;201902\nd;201812;201903\n"
    staged = staging(sa_spell=text, say={"sa_spell": {"open_end": "drop"}})
    assert staged.rows("sa_spell", "person, to_ym") == [(1, 2017 * 12 + 1), (3, 2018 * 12 + 11)]
    assert staged.touched("open_end") == (2, 2)
    assert staged.touched("out_of_period") == (1, 1)
    assert staged.touched("clipped") == (1, 1)


def test_jobs_before_their_register_are_dropped(staging: Any) -> None:
    text = "person_id;job_id;ym;hours_week\na;1;201412;7,5\na;1;201501;7,5\n"
    staged = staging(job_month=text, reading={"decimal": ","})
    assert staged.rows("job_month", "ym - 2015 * 12, hours_week") == [(0, 7.5)]
    assert staged.touched("out_of_period") == (1, 1)


def test_persons_without_a_link_are_counted(staging: Any) -> None:
    people = "person_id;birth_ym;sex\na;199001;1\nc;199002;2\n"
    text = SPELL + "a;201601;201602\nb;201601;201601\nb;201701;201701\n;201601;201601\n"
    staged = staging(person=people, sa_spell=text)
    assert staged.touched("unlinked") == (1, 2)
    assert staged.touched("keyless") == (0, 1)
    assert staged.rows("person", "person") == [(1,), (3,)]
    assert staged.staged.tables == {"person": 2, "sa_spell": 3}
    assert staged.staged.columns["person"] == ("person_id", "birth_ym", "sex")
