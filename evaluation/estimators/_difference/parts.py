"""The parts of the rows whose discontinuities are compared, and what each counts for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from evaluation.data.model_data import ModelData
from evaluation.errors import DataError
from evaluation.estimators._guards import required

Between = Literal["periods", "third", "both"]


@dataclass(frozen=True)
class Part:
    """Rows on one side of the reform, of one group, or both.

    Attributes
    ----------
    name
        What names of details begin with.
    words
        For messages.
    sign
        1 where its discontinuity is added, -1 where it is taken off.
    post, third
        1, 0, or ``None`` where it does not matter.
    """

    name: str
    words: str
    sign: int
    post: int | None = None
    third: int | None = None


PARTS: dict[Between, tuple[Part, ...]] = {
    "periods": (
        Part("after", "after the reform", 1, post=1),
        Part("before", "before the reform", -1, post=0),
    ),
    "third": (
        Part("third", "in the third group", 1, third=1),
        Part("others", "outside the third group", -1, third=0),
    ),
    "both": (
        Part("after_third", "after the reform in the third group", 1, post=1, third=1),
        Part("before_third", "before the reform in the third group", -1, post=0, third=1),
        Part("after_others", "after the reform outside the third group", -1, post=1, third=0),
        Part("before_others", "before the reform outside the third group", 1, post=0, third=0),
    ),
}


def members(data: ModelData, parts: tuple[Part, ...]) -> tuple[NDArray[np.bool_], ...]:
    """Return which entries lie in each part, every entry in one of them; each shape ``(n,)``.

    Raises
    ------
    DataError
        Where the design gives no reform date or third group, or a part has no rows.
    """
    found = []
    for part in parts:
        inside = np.ones(data.entries, dtype=bool)
        if part.post is not None:
            inside &= required(data.post, "design.reform_date", data.outcome) == part.post
        if part.third is not None:
            inside &= required(data.third, "design.third", data.outcome) == part.third
        if not inside.any():
            raise DataError(
                f"outcome {data.outcome}: no row lies {part.words}, and its discontinuity is one "
                "of those compared: check design.reform_date, design.third, the window and filters"
            )
        found.append(inside)
    return tuple(found)
