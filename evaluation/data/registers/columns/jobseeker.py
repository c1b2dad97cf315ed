"""Registration as a jobseeker."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from evaluation.data.registers.columns._spells import dated_months, flag, month_of
from evaluation.data.registers.columns.contract import Grain, NoOptions, Otherwise, Type

NAMES: Mapping[str, str] = {
    "jobseeker": "1 where registered as a jobseeker on some day of the month, 0 where not",
    "jobseeker_group": "main group of the jobseeker, 1 to 8, the last of the month; missing where "
    "not registered",
}
TABLES = {
    "jobseeker": (("jobseeker_spell",),),
    "jobseeker_group": (("jobseeker_spell", "jobseeker_spell.group"),),
}
TYPES = {"jobseeker": Type.FLAG, "jobseeker_group": Type.TEXT}
OTHERWISE = {"jobseeker": Otherwise.ZERO, "jobseeker_group": Otherwise.MISSING}
VALID = dict.fromkeys(NAMES, (None, None))
GRAIN = Grain.MONTH
NEEDS: tuple[str, ...] = ()
Options = NoOptions


def query(name: str, options: Any, has: frozenset[str]) -> str:
    """Return the months that spells touch, or the group of the spell that began last in each."""
    del options, has
    if name == "jobseeker":
        return flag(dated_months("jobseeker_spell"))
    start, end = month_of('"from"'), month_of('"to"')
    return (
        'SELECT person, month, arg_max("group", ("from", "group")) AS value FROM (SELECT person, '
        '"group", "from", unnest(range('
        f"greatest({start}, bounds.first), least(coalesce({end}, bounds.last), bounds.last) + 1"
        ")) AS month FROM jobseeker_spell, bounds) GROUP BY person, month"
    )
