"""Work over processes: every task once, with its place; faults of the work come through."""

from __future__ import annotations

import math
from functools import partial

import pytest

from data_synth.stream.pool import in_processes


@pytest.mark.parametrize("jobs", [1, 2, 9])
def test_every_task_is_done_once_and_told_with_its_place(jobs: int) -> None:
    done = dict(in_processes(partial(pow, 2), [3, 1, 4], jobs))
    assert done == {0: 8, 1: 2, 2: 16}


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_fault_of_the_work_comes_through(jobs: int) -> None:
    with pytest.raises(ValueError, match=r"math domain error|nonnegative"):
        list(in_processes(math.sqrt, [4.0, -1.0, 9.0], jobs))


def test_nothing_to_do_is_nothing_done() -> None:
    assert not list(in_processes(math.sqrt, [], 2))
