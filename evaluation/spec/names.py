"""Text types shared by the tables of a spec."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

from pydantic import BeforeValidator, StringConstraints

from evaluation.spec.options import Column

ID_PATTERN = r"^[a-z][a-z0-9_]*$"
RESERVED_IDS = frozenset({"reference"})


class PathName:
    """Marks a value that names a file, folder or address, where ``${NAME}`` may stand."""


def _one_kind(value: Any) -> Any:
    if isinstance(value, tuple) and len({isinstance(one, dt.date) for one in value}) > 1:
        raise ValueError("two dates or two whole numbers, never mixed")
    return value


# Ids and names of outcomes stand in file names.
LONGEST_ID = 60
Id = Annotated[str, StringConstraints(pattern=ID_PATTERN, max_length=LONGEST_ID)]
OutcomeName = Annotated[
    str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_]*$", max_length=LONGEST_ID)
]
PathText = Annotated[str, StringConstraints(min_length=1), PathName()]
Scalar = bool | int | float | str | dt.date
Bound = int | float | dt.date
Interval = Annotated[tuple[dt.date, dt.date] | tuple[int, int], BeforeValidator(_one_kind)]

__all__ = [
    "ID_PATTERN",
    "RESERVED_IDS",
    "Bound",
    "Column",
    "Id",
    "Interval",
    "OutcomeName",
    "PathText",
    "Scalar",
]
