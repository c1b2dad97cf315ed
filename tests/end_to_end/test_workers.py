"""Processes side by side give their results in order, and one that is ended is told of."""

from __future__ import annotations

import os
import signal

import pytest

from evaluation.commands.workers import in_workers
from evaluation.errors import EnvironmentProblem


def test_a_process_that_is_ended_is_told_of() -> None:
    with pytest.raises(EnvironmentProblem, match="as happens when memory runs out; ask for fewer"):
        list(in_workers(_end, [signal.SIGKILL], 1))


def test_results_come_in_order() -> None:
    assert list(in_workers(abs, [-2, 1], 1)) == [2, 1]


def _end(number: int) -> None:
    os.kill(os.getpid(), number)
