"""One thread for small linear algebra: more make it slower, and its last bits unsteady."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from threadpoolctl import ThreadpoolController


@contextmanager
def one_blas_thread() -> Iterator[None]:
    """Hold BLAS to one thread inside the block."""
    with _libraries().limit(limits=1, user_api="blas"):
        yield


@cache
def _libraries() -> ThreadpoolController:
    """Return the linear algebra of NumPy and SciPy: looking for it takes milliseconds."""
    import scipy.linalg  # noqa: F401

    return ThreadpoolController()
