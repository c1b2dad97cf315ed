"""Uniform draws keyed by seed, purpose, month and person."""

from __future__ import annotations

from hashlib import sha256

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]

DRAWS_PER_BLOCK = 4  # a Philox counter step gives four 64-bit words, one a draw


class Draws:
    """Uniform numbers for persons ``first`` to ``first + count - 1``.

    Person i's number for a purpose and month depends on the seed, the purpose, the month and i
    alone: neither on the number of persons, nor on the policy, nor on the order of the calls.

    Parameters
    ----------
    seed
        Seed of the run.
    first
        Number of the first person, a multiple of four.
    count
        Number of persons.
    """

    def __init__(self, seed: int, first: int, count: int) -> None:
        if first % DRAWS_PER_BLOCK:
            raise ValueError("the first person of a chunk must be a multiple of four")
        self._seed = seed
        self._block = first // DRAWS_PER_BLOCK
        self._count = count
        self._keys: dict[str, NDArray[np.uint64]] = {}

    def uniform(self, purpose: str, month: int = 0) -> FloatArray:
        """Return uniform numbers in [0, 1), shape ``(count,)``."""
        key = self._keys.get(purpose)
        if key is None:
            digest = sha256(f"{self._seed}/{purpose}".encode()).digest()[:16]
            key = np.frombuffer(digest, dtype="<u8").astype(np.uint64)
            self._keys[purpose] = key
        counter = np.array([self._block, 0, month, 0], dtype=np.uint64)
        return np.random.Generator(np.random.Philox(key=key, counter=counter)).random(self._count)

    def normal(self, purpose: str) -> FloatArray:
        """Return standard normal numbers, shape ``(count,)``, by Box and Muller (1958)."""
        radius = np.sqrt(-2.0 * np.log1p(-self.uniform(f"{purpose}/radius")))
        return np.asarray(radius * np.cos(2.0 * np.pi * self.uniform(f"{purpose}/angle")))
