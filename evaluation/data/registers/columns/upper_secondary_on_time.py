"""Whether upper secondary education was completed on normal time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import Field

from evaluation.data.registers.columns._schooling import first_levels
from evaluation.data.registers.columns._spells import month_of
from evaluation.data.registers.columns.contract import Grain, Otherwise, Type
from evaluation.errors import DataError
from evaluation.spec.options import Table

_LEAVING_AGE, _AUGUST = 16, 7  # end of compulsory school; month of the year from 0

NAMES: Mapping[str, str] = {
    "upper_secondary_on_time": "1 where completed upper secondary education was on record within "
    "the normal time, the same in all months of a person: by default by August of the year three "
    "years after that in which the person turned 16; 0 where less was on record then, missing "
    "where no level was known then, or the delivery ends before"
}
TABLES = {"upper_secondary_on_time": (("education", "person", "person.birth_ym"),)}
TYPES = {"upper_secondary_on_time": Type.FLAG}
OTHERWISE = {"upper_secondary_on_time": Otherwise.MISSING}
VALID = {"upper_secondary_on_time": (None, None)}
GRAIN = Grain.PERSON
NEEDS: tuple[str, ...] = ()


class Options(Table):
    """When the time begins, and how many years it is.

    ``start`` is ``age_16``, August of the year in which compulsory school ends, or ``enrolment``,
    the month in which upper secondary education began, known of those who began within the
    delivery. General programmes take 3 years, vocational ones 4 as a rule.
    """

    start: Literal["age_16", "enrolment"] = "age_16"
    years: int = Field(default=3, ge=1, le=15)


def query(name: str, options: Any, has: frozenset[str]) -> str:
    """Return for every person whether the level was reached by the month due.

    Raises
    ------
    DataError
        Where time begins with an enrolment that the delivery does not tell.
    """
    del name
    years = int(options.years)
    if options.start == "age_16":
        due = (
            f"SELECT person, (birth_ym // 12 + {_LEAVING_AGE + years}) * 12 + {_AUGUST} AS month "
            "FROM person WHERE birth_ym IS NOT NULL"
        )
    else:
        if not has.issuperset({"enrolment", "enrolment.level"}):
            raise DataError(
                "columns.upper_secondary_on_time.start: found 'enrolment', which is built from "
                "enrolment.level, and the delivery has none; name it in the mapping, or choose "
                "'age_16'"
            )
        begun = month_of('"from"')
        due = (
            f"SELECT person, min({begun}) + {12 * years} AS month FROM enrolment, bounds "
            "WHERE left(level, 1) IN ('3', '4') GROUP BY person, bounds.first "
            f"HAVING min({begun}) > bounds.first"
        )
    return (
        "SELECT due.person, CASE WHEN l.done <= due.month THEN 1 "
        "WHEN due.month > bounds.last THEN NULL WHEN l.below <= due.month THEN 0 END AS value "
        f"FROM bounds, ({due}) AS due JOIN ({first_levels()}) AS l ON l.person = due.person"
    )
