"""Neither employed nor in education."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from evaluation.data.registers.columns._spells import dated_months
from evaluation.data.registers.columns.contract import Grain, Otherwise, Type
from evaluation.errors import DataError
from evaluation.spec.options import Table

NAMES: Mapping[str, str] = {
    "neet": "1 where neither employed nor in education in the month, nor in a labour market "
    "measure if the mapping counts these; 0 otherwise, missing where employment is not known"
}
TABLES = {"neet": (("job_month", "employment_nov", "enrolment"), ("job_month", "enrolment"))}
TYPES = {"neet": Type.FLAG}
OTHERWISE = {"neet": Otherwise.MISSING}
VALID = {"neet": (None, None)}
GRAIN = Grain.MONTH
NEEDS = ("employed", "in_education")


class Options(Table):
    """Whether months in a labour market measure count as training, and so are not NEET."""

    measures: Literal["ignored", "training"] = "ignored"


def query(name: str, options: Any, has: frozenset[str]) -> str:
    """Return for every row of which employment is known, or education found, whether it is NEET.

    Raises
    ------
    DataError
        Where measures are to count and the delivery has none.
    """
    del name
    busy = "SELECT person, month FROM given_in_education WHERE value = 1"
    if options.measures == "training":
        if "measure_spell" not in has:
            raise DataError(
                "columns.neet.measures: found 'training', which is built from measure_spell, and "
                "the delivery has none; name it in the mapping, or choose 'ignored'"
            )
        busy += f" UNION {dated_months('measure_spell')}"
    return (
        f"WITH busy AS ({busy}) SELECT b.person, b.month, "
        "CASE WHEN busy.person IS NOT NULL THEN 0 ELSE 1 - e.value END AS value "
        "FROM base b LEFT JOIN busy ON busy.person = b.person AND busy.month = b.month "
        "LEFT JOIN given_employed e ON e.person = b.person AND e.month = b.month"
    )
