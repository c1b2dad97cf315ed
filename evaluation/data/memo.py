"""What was worked out before from the same arrays, within one run."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, fields, is_dataclass
from typing import Any, TypeVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Made = TypeVar("Made")
# What decides a result, compared entry by entry.
Given = NDArray[Any] | pd.Series
# What is held at most, arrays it was made of included.
MOST_BYTES = 200_000_000
# Entries compared first: other outcomes differ at once.
FIRST = 256


@dataclass(frozen=True)
class _Held:
    kind: str
    given: tuple[Given, ...]
    value: Any
    size: int


@dataclass(frozen=True)
class Memo:
    """Results by what they were made of: outcomes of a model share all but the outcome.

    Arrays are compared entry by entry, so a result is that of its arrays, whoever asked first.
    Nobody may write into what it returns. Those not asked for longest go first.

    Attributes
    ----------
    most_bytes
        Largest size of everything held.
    """

    most_bytes: int = MOST_BYTES
    _held: list[_Held] = field(default_factory=list, repr=False)

    def value(self, kind: str, given: Sequence[Given], make: Callable[[], Made]) -> Made:
        """Return what ``make`` makes, from memory where it was made of equal arrays before.

        Parameters
        ----------
        kind
            What is made, and of what but for arrays.
        given
            Arrays, or columns of a frame, that decide the result.
        make
            Makes it.
        """
        for at in reversed(range(len(self._held))):
            one = self._held[at]
            if one.kind == kind and _equal(one.given, given):
                self._held.append(self._held.pop(at))
                found: Made = one.value
                return found
        made = make()
        size = _bytes(made) + _bytes(tuple(given))
        if size <= self.most_bytes:
            self._held.append(_Held(kind, tuple(given), made, size))
            while sum(one.size for one in self._held) > self.most_bytes:
                del self._held[0]
        return made


def remembered(
    memo: Memo | None, kind: str, given: Sequence[Given], make: Callable[[], Made]
) -> Made:
    """Return :meth:`Memo.value`, or what ``make`` makes where nothing is remembered."""
    return make() if memo is None else memo.value(kind, given, make)


def _equal(held: Sequence[Given], given: Sequence[Given]) -> bool:
    return len(held) == len(given) and all(
        a is b or (a.dtype == b.dtype and _same(a, b)) for a, b in zip(held, given, strict=True)
    )


def _same(one: Given, other: Given) -> bool:
    if isinstance(one, pd.Series) and isinstance(other, pd.Series):
        return bool(one.equals(other))
    real = one.dtype.kind == "f"
    if not np.array_equal(one[:FIRST], other[:FIRST], equal_nan=real):
        return False
    return np.array_equal(one, other) or (real and np.array_equal(one, other, equal_nan=True))


def _bytes(value: Any) -> int:
    if isinstance(value, (np.ndarray, pd.Series)):
        return int(value.nbytes)
    if hasattr(value, "indptr"):  # sparse
        return _bytes((value.data, value.indices, value.indptr))
    if isinstance(value, dict):
        return sum(_bytes(one) for one in value.values())
    if isinstance(value, (tuple, list)):
        return sum(_bytes(one) for one in value)
    if is_dataclass(value):
        return sum(_bytes(getattr(value, one.name)) for one in fields(value))
    return 0
