"""One piece in a process of its own: CPU seconds with all threads and children, peak memory."""

from __future__ import annotations

import json
import resource
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from pieces.road import Call

SCRIPT = Path(__file__).resolve().parent.parent / "cells.py"
# A piece that takes this many CPU seconds is run once: what disturbs it is small beside it.
LONG = 60.0


@dataclass(frozen=True)
class Measured:
    """One process: seconds of the call, peak memory of the process, and what it found."""

    cpu_seconds: float
    seconds: float
    peak_mb: float
    result: float


def timed(call: Call) -> Measured:
    """Run a call in this process."""
    before, begun = _cpu(), time.perf_counter()
    result = call()
    seconds, used = time.perf_counter() - begun, _cpu() - before
    unit = 1e6 if sys.platform == "darwin" else 1e3
    kinds = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    peak = max(resource.getrusage(kind).ru_maxrss for kind in kinds) / unit
    return Measured(used, seconds, peak, result)


def _cpu() -> float:
    kinds = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    used = [resource.getrusage(kind) for kind in kinds]
    return sum(one.ru_utime + one.ru_stime for one in used)


def measured(piece: str, at: Path | int, repetitions: int, env: dict[str, str]) -> Measured | str:
    """Run a piece in processes of its own; return the medians, or why there are none."""
    runs: list[Measured] = []
    while len(runs) < repetitions:
        command = [sys.executable, str(SCRIPT), "--piece", piece, "--at", str(at)]
        done = subprocess.run(command, capture_output=True, text=True, env=env, check=False)
        if done.returncode != 0:
            lines = done.stderr.strip().splitlines() or [f"ended with {done.returncode}"]
            return lines[-1]
        runs.append(Measured(**json.loads(done.stdout.splitlines()[-1])))
        if runs[-1].cpu_seconds > LONG:
            break
    return Measured(
        statistics.median(run.cpu_seconds for run in runs),
        statistics.median(run.seconds for run in runs),
        statistics.median(run.peak_mb for run in runs),
        runs[0].result,
    )
