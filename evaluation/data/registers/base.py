"""The rows of the panel: who is in the data in which month, and what never changes of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

RELEASE = 360  # months of age from which the duty holds no more
MID_MONTH = 16  # the day that stands for a birthday of which only the month is known

# What each column of the base holds, what it needs, and how it is read from ``base`` as b and
# ``person`` as p.
_BIRTH = ("person.birth_ym",)
_OBSERVED = frozenset({"resident", "obs_status"})
_SEEN = ("residence", "resident_status")  # either will do

MEANING: Mapping[str, str] = MappingProxyType(
    {
        "person_id": "person: an integer code, in the order of the keys in the files",
        "ym": "month of the row, YYYYMM",
        "birth_ym": "month of birth, YYYYMM",
        "age_months": "completed months of age at the end of the month",
        "exposure_share": "share of the month spent under 30: 1 below month 360, 0 from 361; in "
        "the month of the birthday as the day of birth says, from the 16th where it is not known",
        "female": "1 for women",
        "immigrant": "1 for immigrants; missing where the register has no category",
        "country_group": 'Norway; West; Eastern EU; "Asia, Africa, other"',
        "resident": "1 while resident in Norway, which every row is",
        "obs_status": "whether the person is observed: in; other months are counted, without a row",
    }
)

_NEEDS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "birth_ym": _BIRTH,
        "age_months": _BIRTH,
        "exposure_share": _BIRTH,
        "female": ("person.sex",),
        "immigrant": ("person.immigrant_cat",),
        "country_group": ("person.country_group",),
    }
)

_ROW: Mapping[str, str] = MappingProxyType(
    {
        "person_id": "b.person",
        "ym": "(b.month // 12 * 100 + b.month % 12 + 1)::INTEGER",
        "birth_ym": "(b.birth // 12 * 100 + b.birth % 12 + 1)::INTEGER",
        "age_months": "b.age_months::SMALLINT",
        "exposure_share": f"""CASE
            WHEN b.age_months IS NULL THEN NULL
            WHEN b.age_months < {RELEASE} THEN 1.0::DOUBLE
            WHEN b.age_months > {RELEASE} THEN 0.0::DOUBLE
            ELSE least(
                (coalesce(day(p.birth_date), {MID_MONTH}) - 1)::DOUBLE
                / day(last_day(make_date((b.month // 12)::INTEGER, (b.month % 12 + 1)::INTEGER, 1)))
                , 1.0
            )
        END""",
        "female": "(p.sex = '2')::TINYINT",
        "immigrant": "(p.immigrant_cat = 'B')::TINYINT",
        "country_group": "p.country_group",
        "resident": "1::TINYINT",
        "obs_status": "'in'",
    }
)


@dataclass(frozen=True, slots=True)
class Asked:
    """Months and ages of which rows are made.

    Attributes
    ----------
    first, last
        Months, 12 × year + month - 1, inclusive.
    ages
        Completed years at the end of a month, inclusive.
    """

    first: int
    last: int
    ages: tuple[int, int]

    @property
    def months(self) -> int:
        """Number of months."""
        return self.last - self.first + 1


def base_columns(has: frozenset[str]) -> tuple[str, ...]:
    """Return the panel columns that the base gives of a delivery.

    Without a register of residence nobody is known to be in the country or out of it: there is
    neither ``resident`` nor ``obs_status`` then.
    """
    return tuple(
        name
        for name in MEANING
        if has.issuperset(_NEEDS.get(name, ()))
        and (name not in _OBSERVED or not has.isdisjoint(_SEEN))
    )


def needs_of(name: str) -> tuple[str, ...]:
    """Return what a column of the base needs of a delivery."""
    return _SEEN if name in _OBSERVED else _NEEDS.get(name, ())


def column_of_base(name: str) -> str:
    """Return how a column is read from ``base`` as b and ``person`` as p."""
    return _ROW[name]


def select_base(asked: Asked, has: frozenset[str]) -> str:
    """Return the SELECT of ``base`` from the tables of a chunk; see ``columns/contract.py``.

    A person has a row for each month, of the ages asked for, at whose end the registers have the
    person living in Norway: within a stay of ``residence``, and by the latest ``resident_status``
    so far no other than resident; not from the month of death on. Where two stays hold on one day
    the later begun counts. A delivery without either table has a row for every
    month asked for of everybody in ``person``, or of all where that is not delivered either.

    Parameters
    ----------
    asked
        Months and ages.
    has
        Tables and columns delivered. The view ``persons`` has the codes of all persons of the
        chunk.
    """
    # Whom no other register knows has no row, with a register of residence or without.
    everyone = _ALL.format("person" if "person" in has else "persons")
    stays = STAYS if "residence" in has else everyone
    stays = _STATUS_STAYS if "residence" not in has and "resident_status" in has else stays
    known = "person.birth_ym" in has
    birth = "p.birth_ym" if known else "NULL::INTEGER"
    death = "p.death_ym" if known else "NULL::INTEGER"
    low, high = asked.ages[0] * 12, asked.ages[1] * 12 + 11
    joined = "LEFT JOIN person p USING (person)" if known else ""
    # Where births are delivered a person without one has no age, and so no row.
    born = "WHERE p.birth_ym IS NOT NULL" if known else ""
    away = (
        "WHERE NOT EXISTS (SELECT 1 FROM away a WHERE a.person = m.person AND a.month = m.month)"
        if "residence" in has and "resident_status" in has
        else ""
    )
    spent = f", away AS ({_AWAY})" if away else ""
    return f"""
    WITH stays AS ({stays}),
    spans AS (
        SELECT person, {birth} AS birth, municipality, district,
            greatest(start, {asked.first}, coalesce({birth} + {low}, start)) AS start,
            least(stop, {asked.last}, coalesce({birth} + {high}, stop),
                  coalesce({death} - 1, stop)) AS stop
        FROM stays {joined} {born}
    ),
    months AS (
        SELECT person, birth, municipality, district,
            unnest(range(start, stop + 1))::INTEGER AS month
        FROM spans WHERE start <= stop
    ){spent}
    SELECT person, month, (month - birth)::SMALLINT AS age_months, birth::INTEGER AS birth,
        municipality, district
    FROM months m {away}
    """


FOREVER = 12 * 9999

_BEGUN = "(year(valid_from) * 12 + month(valid_from) - 1)"
# The last month at whose end a stay holds: that before the day after it.
_HELD = f"coalesce(year(valid_to + 1) * 12 + month(valid_to + 1) - 2, {FOREVER})"

STAYS = f"""
    SELECT person, municipality, district, start,
        least(stop, coalesce(lead(start) OVER later - 1, stop)) AS stop
    FROM (
        SELECT person, municipality, district, valid_from, valid_to,
            {_BEGUN} AS start, {_HELD} AS stop
        FROM residence
    )
    WINDOW later AS (PARTITION BY person ORDER BY valid_from, valid_to NULLS LAST, municipality)
"""

STATUSES = f"""
    SELECT person, status, start, coalesce(lead(start) OVER later - 1, {FOREVER}) AS stop
    FROM (
        SELECT person, status, date, year(date) * 12 + month(date) - 1 AS start
        FROM resident_status
    )
    WINDOW later AS (PARTITION BY person ORDER BY date, status)
"""

_STATUS_STAYS = f"""
    SELECT person, NULL::VARCHAR AS municipality, NULL::VARCHAR AS district, start, stop
    FROM ({STATUSES}) WHERE status = '1'
"""

_ALL = """
    SELECT person, NULL::VARCHAR AS municipality, NULL::VARCHAR AS district,
        0 AS start, 12 * 9999 AS stop
    FROM {}
"""

_AWAY = f"""
    SELECT person, unnest(range(start, stop + 1)) AS month
    FROM (
        SELECT s.person, greatest(s.start, b.first) AS start, least(s.stop, b.last) AS stop
        FROM ({STATUSES}) s CROSS JOIN bounds b WHERE s.status <> '1'
    )
    WHERE start <= stop
"""
