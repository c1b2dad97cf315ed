"""Employment, by the job register from 2015 on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import Field, model_validator

from evaluation.data.registers.columns._prices import basic_amounts
from evaluation.data.registers.columns.contract import Grain, Otherwise, Type
from evaluation.errors import DataError
from evaluation.spec.options import Table

REGISTER_FROM = 2015 * 12  # the job register: monthly, of all employers
_NOVEMBER = 10  # month of the year from 0

NAMES: Mapping[str, str] = {
    "employed": "1 where employed in the month by the job register: in any job, for so many "
    "contract hours a week, or at so high a wage, as the mapping says; 0 where not. Missing "
    "before 2015, but for Novembers if the mapping asks for the November status"
}
TABLES = {"employed": (("job_month", "employment_nov"), ("job_month",))}
TYPES = {"employed": Type.FLAG}
OTHERWISE = {"employed": Otherwise.MISSING}
VALID = {"employed": (None, None)}
GRAIN = Grain.MONTH
NEEDS: tuple[str, ...] = ()


class Options(Table):
    """What counts as employment.

    ``by`` is ``any_job``; ``hours`` with ``at_least``, contract hours a week over all jobs; or
    ``earnings`` with ``at_least_g``, cash wages of the month over all jobs in twelfths of the
    basic amount in force in the month. ``before_2015 = "november"`` takes the yearly status in
    November, of another source, for the Novembers before the job register; other months before it
    stay missing.
    """

    by: Literal["any_job", "hours", "earnings"] = "any_job"
    at_least: float | None = Field(default=None, gt=0, le=168)
    at_least_g: float | None = Field(default=None, gt=0)
    before_2015: Literal["missing", "november"] = "missing"

    @model_validator(mode="after")
    def _whole(self) -> Options:
        wanted = {"any_job": None, "hours": "at_least", "earnings": "at_least_g"}[self.by]
        for key in ("at_least", "at_least_g"):
            given = getattr(self, key) is not None
            if given != (key == wanted):
                verb = "takes no" if given else "needs"
                raise ValueError(f"by = {self.by!r} {verb} {key}")
        if self.before_2015 == "november" and self.by != "any_job":
            raise ValueError(
                "before_2015 = 'november' knows neither hours nor wages; let by be 'any_job'"
            )
        return self


def query(name: str, options: Any, has: frozenset[str]) -> str:
    """Return for every row from 2015 on whether the jobs of its month suffice.

    Raises
    ------
    DataError
        Where the option needs what the delivery does not have.
    """
    del name
    november = options.before_2015 == "november"
    _refuse(options, has)
    # Cut before it is joined: conditions on the panel's own rows would make the join a slow one.
    status = (
        f" LEFT JOIN (SELECT person, year * 12 + {_NOVEMBER} AS month, status FROM employment_nov "
        f"WHERE year < {REGISTER_FROM // 12}) n ON n.person = b.person AND n.month = b.month"
    )
    before = "(n.status = '1')::INTEGER" if november else "NULL"
    return (
        "WITH job AS (SELECT person, ym AS month, sum(hours_week) AS hours, "
        "sum(cash_wage_nok) AS wage, bool_and(hours_week IS NOT NULL) AS hours_known, "
        "bool_and(cash_wage_nok IS NOT NULL) AS wage_known FROM job_month GROUP BY person, ym), "
        f"g AS ({basic_amounts('month')}) "
        "SELECT b.person, b.month, "
        f"CASE WHEN b.month < {REGISTER_FROM} THEN {before} "
        f"WHEN job.person IS NULL THEN 0 ELSE {_suffices(options)} END AS value "
        "FROM base b LEFT JOIN job ON job.person = b.person AND job.month = b.month "
        f"LEFT JOIN g ON g.month = b.month{status if november else ''}"
    )


def _suffices(options: Any) -> str:
    """Return whether jobs suffice; jobs without hours or wages add nothing that is known."""
    if options.by == "any_job":
        return "1"
    known, enough = {
        "hours": ("job.hours_known", f"job.hours >= {options.at_least!r}"),
        "earnings": ("job.wage_known", f"job.wage >= {options.at_least_g!r} * g.amount / 12"),
    }[options.by]
    return f"CASE WHEN {enough} THEN 1 WHEN {known} AND ({enough}) IS NOT NULL THEN 0 END"


def _refuse(options: Any, has: frozenset[str]) -> None:
    needed = {
        "by": {"hours": "job_month.hours_week", "earnings": "job_month.cash_wage_nok"}.get(
            options.by
        ),
        "before_2015": "employment_nov" if options.before_2015 == "november" else None,
    }
    faults = [
        f"columns.employed.{key}: found {getattr(options, key)!r}, which is built from {what}, "
        "and the delivery has none; name it in the mapping, or choose otherwise"
        for key, what in needed.items()
        if what is not None and what not in has
    ]
    if faults:
        raise DataError(*faults)
