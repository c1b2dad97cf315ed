"""One thread for small linear algebra: more make it slower, and its last bits unsteady."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from threadpoolctl import threadpool_limits


@contextmanager
def one_blas_thread() -> Iterator[None]:
    """Hold BLAS to one thread inside the block."""
    with threadpool_limits(limits=1, user_api="blas"):
        yield
