"""Text types shared by the tables of a spec."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from pydantic import StringConstraints

from evaluation.spec.options import Column

ID_PATTERN = r"^[a-z][a-z0-9_]*$"
RESERVED_IDS = frozenset({"reference"})


class PathName:
    """Marks a value that names a file, folder or address, where ``${NAME}`` may stand."""


Id = Annotated[str, StringConstraints(pattern=ID_PATTERN)]
PathText = Annotated[str, StringConstraints(min_length=1), PathName()]
Scalar = bool | int | float | str | dt.date
Bound = int | float | dt.date
Interval = tuple[dt.date, dt.date] | tuple[int, int]

__all__ = ["ID_PATTERN", "RESERVED_IDS", "Bound", "Column", "Id", "Interval", "PathText", "Scalar"]
