"""Opaque keys in place of numbers: the same for a number and seed in every file and shape."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import blake2b, sha256

import numpy as np
from numpy.typing import NDArray

_CASES = ("lopenr_person", "LOPENR_PERSON", "Lopenr_Person", "lopenr_Person")


def opaque_ids(values: Iterable[int | str], seed: int, unit: str = "person") -> NDArray[np.object_]:
    """Return keys of 16 hexadecimal characters, shape ``(n,)``.

    A key is a BLAKE2b digest of the value, keyed by the seed and the kind of unit, so that
    neither a number nor its order can be read from it.

    Parameters
    ----------
    values
        Numbers or texts, the distinct ones for speed.
    seed
        Seed of the run.
    unit
        What is numbered: the same number of another unit has another key.
    """
    keyed = blake2b(digest_size=8, key=_secret(seed, unit))

    def digest(value: int | str) -> str:
        one = keyed.copy()
        one.update(str(value).encode())
        return one.hexdigest()

    return np.array([digest(value) for value in values], dtype=np.object_)


def key_column(file: str, seed: int, share: float) -> str:
    """Return the name of the key column of a file.

    With probability ``share`` it has the prefix of a wave and a project, and letters in another
    case, as in ``w19_0412_Lopenr_Person``; else it is ``lopenr_person``. The prefix is one for
    the delivery, the case one for the file.
    """
    words = np.frombuffer(_secret(seed, f"column/{file}"), dtype="<u8")
    if int(words[0]) / 2**64 >= share:
        return _CASES[0]
    wave, project = (int(word) for word in np.frombuffer(_secret(seed, "delivery"), "<u8")[:2])
    letter = "wW"[int(words[1]) % 2]
    return f"{letter}{15 + wave % 10}_{project % 10_000:04d}_{_CASES[int(words[2]) % len(_CASES)]}"


def _secret(seed: int, purpose: str) -> bytes:
    return sha256(f"{seed}/shapes/{purpose}".encode()).digest()
