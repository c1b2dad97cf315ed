"""Work done side by side by processes that end when this one is asked to end."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from functools import partial
from multiprocessing import active_children, get_context, parent_process
from multiprocessing.connection import wait
from typing import TypeVar

from evaluation.commands.stoppable import stoppable
from evaluation.errors import EnvironmentProblem

Task = TypeVar("Task")
Result = TypeVar("Result")


def in_workers(
    work: Callable[[Task], Result], tasks: Sequence[Task], jobs: int
) -> Iterator[Result]:
    """Do ``work`` on tasks, ``jobs`` at a time, and yield what became of each, in order.

    Where this process is asked to end, so are the others; each clears away what it began.

    Raises
    ------
    EnvironmentProblem
        Where a process is ended from outside.
    """
    # Fork would copy the thread pools of numerical libraries in an unknown state.
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn"), initializer=_begin) as pool:
        try:
            yield from pool.map(partial(_stoppable, work), tasks)
        except BrokenProcessPool:
            raise EnvironmentProblem(
                "a process was ended before its work was done, as happens when memory runs out; "
                "ask for fewer --jobs"
            ) from None
        except (KeyboardInterrupt, SystemExit):
            pool.shutdown(wait=False, cancel_futures=True)
            for process in active_children():
                process.terminate()
            raise


def _stoppable(work: Callable[[Task], Result], task: Task) -> Result:
    with stoppable():
        return work(task)


def _begin() -> None:
    """Prepare a process: the first one decides when all end, and none outlives it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)
