"""Uniform draws keyed by seed, person, purpose and month."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]
WordArray = NDArray[np.uint64]

_GAMMA = np.uint64(0x9E3779B97F4A7C15)
_FIRST, _SECOND = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
_SHIFTS = (np.uint64(30), np.uint64(27), np.uint64(31), np.uint64(11))
_TO_UNIT = 2.0**-53


class Draws:
    """Uniform numbers for persons.

    A person's number for a purpose and month depends on the seed, the purpose, the month and the
    person alone: neither on who else is drawn, nor on the policy, nor on the order of the calls.
    The generator is the finaliser of SplitMix64 (Steele, Lea and Flood, 2014), applied to the
    person's number and again, with the key of purpose and month, to what comes out.

    Parameters
    ----------
    seed
        Seed of the run.
    persons
        Numbers of the persons, shape ``(n,)``.
    """

    def __init__(self, seed: int, persons: IntArray) -> None:
        self._seed = seed
        words = persons.astype(np.uint64) * _GAMMA + _key(f"{seed}")
        self._words = _mix(words)
        self._keys: dict[str, np.uint64] = {}

    def __len__(self) -> int:
        return len(self._words)

    def uniform(
        self, purpose: str, month: int = 0, at: NDArray[Any] | slice | None = None
    ) -> FloatArray:
        """Return uniform numbers in [0, 1), shape ``(n,)``, or those at the positions ``at``."""
        key = self._keys.get(purpose)
        if key is None:
            key = self._keys.setdefault(purpose, _key(f"{self._seed}/{purpose}"))
        words = self._words if at is None else self._words[at]
        # Months are spread over the words before they meet the person's.
        stream = key ^ np.uint64((month * int(_GAMMA)) & 0xFFFFFFFFFFFFFFFF)
        mixed = _mix(words ^ stream)
        mixed >>= _SHIFTS[3]
        return np.multiply(mixed, _TO_UNIT)

    def normal(self, purpose: str) -> FloatArray:
        """Return standard normal numbers, shape ``(n,)``, by Box and Muller (1958)."""
        radius = np.sqrt(-2.0 * np.log1p(-self.uniform(f"{purpose}/radius")))
        return np.asarray(radius * np.cos(2.0 * np.pi * self.uniform(f"{purpose}/angle")))


def _key(text: str) -> np.uint64:
    return np.uint64(int.from_bytes(sha256(text.encode()).digest()[:8], "little"))


def _mix(words: WordArray) -> WordArray:
    """Scramble words, shape ``(n,)``, in place; the caller's array must be its own."""
    shifted = words >> _SHIFTS[0]
    words ^= shifted
    words *= _FIRST
    np.right_shift(words, _SHIFTS[1], out=shifted)
    words ^= shifted
    words *= _SECOND
    np.right_shift(words, _SHIFTS[2], out=shifted)
    words ^= shifted
    return words
