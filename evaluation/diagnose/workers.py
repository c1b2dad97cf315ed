"""Replications over processes; none of them outlives the one that began them."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from multiprocessing import get_context, parent_process
from threading import Thread

from evaluation.diagnose.replicate import Replication, replicate
from evaluation.errors import EnvironmentProblem
from evaluation.spec.spec import Spec

# Read by numerical libraries when a process loads them.
ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")


@dataclass(frozen=True)
class Job:
    """One replication of a spec in its world."""

    spec: Spec
    replication: int


def replicated(jobs: Sequence[Job], processes: int) -> Iterator[tuple[Job, Replication]]:
    """Yield jobs with their replications as they end.

    Parameters
    ----------
    jobs
        What to do, in this order.
    processes
        Workers; with one, or one job, everything happens in this process.
    """
    if processes == 1 or len(jobs) < 2:
        for job in jobs:
            yield job, _one(job)
        return
    before = {name: os.environ.get(name) for name in ONE_THREAD}
    os.environ.update(dict.fromkeys(ONE_THREAD, "1"))
    # Fork would copy the thread pools of numerical libraries in an unknown state.
    pool = ProcessPoolExecutor(
        min(processes, len(jobs)), get_context("spawn"), initializer=_end_with_parent
    )
    try:
        waiting = {pool.submit(_one, job): job for job in jobs}
        for future in as_completed(waiting):
            yield waiting[future], future.result()
    except BrokenProcessPool:
        raise EnvironmentProblem(
            "a process ended before its replication did, likely for want of memory; use fewer "
            "--jobs or --persons. The same command goes on from there"
        ) from None
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
        for name, value in before.items():
            os.environ.pop(name) if value is None else os.environ.update({name: value})


def _one(job: Job) -> Replication:
    return replicate(job.spec, job.replication)


def _end_with_parent() -> None:
    """Leave when the process that began this one is gone."""
    parent = parent_process()

    def wait() -> None:
        if parent is not None:
            parent.join()
            os._exit(1)

    Thread(target=wait, daemon=True).start()
