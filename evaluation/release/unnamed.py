"""Details as they leave: none names a unit."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from evaluation.results import Detail

# Terms of details that name single units of the panel: the donors of a synthetic unit.
UNIT = re.compile(r"donor .+", re.DOTALL)
UNNAMED = "donor"


def unnamed(details: Iterable[Detail]) -> tuple[Detail, ...]:
    """Return details in their order, those of a named unit without its name and its number.

    What a single unit weighs is a number of that unit alone.
    """
    return tuple(
        replace(row, term=UNNAMED, value=None) if UNIT.fullmatch(row.term) else row
        for row in details
    )
