"""Work done on many tasks by one process or several."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from typing import Any, TypeVar

from evaluation.errors import EnvironmentProblem

Task = TypeVar("Task")
Done = TypeVar("Done")


def in_processes(
    work: Callable[[Task], Done], tasks: Sequence[Task], jobs: int
) -> Iterator[tuple[int, Done]]:
    """Do ``work`` on each task; yield the position of a task and what became of it, as they end.

    With one job, or one task, all is done here; else in processes of their own, to which ``work``
    is told once and must therefore be picklable.

    Raises
    ------
    EnvironmentProblem
        Where memory does not suffice or a process is ended from outside.
    """
    try:
        if min(jobs, len(tasks)) <= 1:
            for place, task in enumerate(tasks):
                yield place, work(task)
            return
        # Fork would copy the thread pools of numerical libraries in an unknown state.
        spawn = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(
            min(jobs, len(tasks)), spawn, initializer=_begin_work, initargs=(work,)
        ) as pool:
            try:
                waiting = [pool.submit(_work, place, task) for place, task in enumerate(tasks)]
                for done in as_completed(waiting):
                    yield done.result()
            finally:
                pool.shutdown(wait=True, cancel_futures=True)
    except (MemoryError, BrokenProcessPool):
        raise EnvironmentProblem(
            "a process was ended before its work was done, as happens when memory runs out; ask "
            "for fewer --jobs"
        ) from None


# A process is told the work once, not with every task.
_told: list[Callable[[Any], Any]] = []


def _begin_work(work: Callable[[Any], Any]) -> None:
    """Prepare a process: the first one decides when all end, and none outlives it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent.sentinel,), daemon=True).start()
    _told.append(work)


def _end_with(sentinel: int) -> None:
    from multiprocessing.connection import wait

    wait([sentinel])
    os._exit(1)


def _work(place: int, task: Any) -> tuple[int, Any]:
    return place, _told[-1](task)
