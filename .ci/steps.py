"""Run one named step: say what it does and how long it took, and show its output if it fails."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def step(
    label: str,
    command: Sequence[str],
    *,
    environment: Mapping[str, str] | None = None,
) -> bool:
    """Run ``command`` in the project's root, quietly, and return whether it went well."""
    sys.stdout.write(f"  {label} ... ")
    sys.stdout.flush()
    begun = time.monotonic()
    done = subprocess.run(
        list(command),
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
    seconds = time.monotonic() - begun
    good = done.returncode == 0
    sys.stdout.write(f"{'done' if good else 'failed'} ({seconds:.1f} s)\n")
    if not good:
        sys.stdout.write(done.stdout.rstrip() + "\n")
    sys.stdout.flush()
    return good
