"""What processes are given to do; a module that takes no time to import, since each imports it."""

from __future__ import annotations


def ended(task: int) -> int:
    """End the process that is given the second task, as the system does when memory runs out."""
    import os

    if task == 2:
        os._exit(9)
    return task


def no_memory(task: int) -> int:
    raise MemoryError
