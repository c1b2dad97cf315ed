"""A tiny study to spoil: its rows, and the real command line as a function."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest

UNITS, PERIODS = 48, 6


@dataclass(frozen=True)
class Ended:
    """How a command ended: the exit code of the process, and what it wrote on each stream."""

    code: object
    out: str
    err: str


@pytest.fixture
def rows() -> pd.DataFrame:
    """Return 48 units in 6 periods with every role that the three designs need.

    One unit, one outcome and one text are values that no message may ever show.
    """
    unit = np.repeat(np.arange(UNITS), PERIODS)
    t = np.tile(np.arange(1, PERIODS + 1), UNITS)
    noise = np.sin(np.arange(len(unit)) * 12.9898) * 2.0
    y = unit * 0.1 + t * 0.3 + (unit % 2) * (t >= 4) + noise
    y[7] = 31337.25
    return pd.DataFrame(
        {
            "unit": np.where(unit == 0, 987654321, unit + 100),
            "t": t,
            "y": y.round(4),
            "x": (noise * 3).round(3),
            "w": 1 + unit % 4,
            "treat": unit % 2,
            "town": 10 + unit // 6,
            "cohort": np.array([0, 3, 5])[unit % 3],
            "score": unit - 24.5,
            "name": "SECRET123",
        }
    )


@pytest.fixture
def command(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Ended]:
    """Return the command line as a function of its words."""
    from evaluation.cli import main

    def run(*words: str) -> Ended:
        monkeypatch.setattr(sys, "argv", ["activity-duty", *words])
        capsys.readouterr()
        code: object = 0
        try:
            main()
        except SystemExit as end:
            code = end.code
        shown = capsys.readouterr()
        return Ended(code, shown.out, shown.err)

    return run
