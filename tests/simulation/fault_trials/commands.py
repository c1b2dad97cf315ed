"""The command line, started in processes that can be killed; see ``server.py``."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[3]
ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")

# Threads of the allocator, which sees to itself when its process is forked.
FORKABLE = "jemalloc_bg"
# What begins a thread when it is imported.
THREADED = "duckdb"


@dataclass(frozen=True)
class Ended:
    """How a command ended.

    Attributes
    ----------
    code
        Its exit code, or less the number of the signal that ended it.
    seconds
        How long it took.
    writing
        How long of it after the file that was waited for was there; ``None`` if it never was.
    said
        What it wrote to its streams.
    """

    code: int
    seconds: float
    writing: float | None
    said: str


class Commands:
    """Starts commands, one after the other."""

    def __init__(self, cache: Path) -> None:
        environment = {
            **os.environ,
            **dict.fromkeys(ONE_THREAD, "1"),
            "MPLBACKEND": "Agg",
            "PYTHONPATH": str(ROOT),
            "ACTIVITY_DUTY_CACHE": str(cache),
        }
        self._process = subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name("server.py"))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=environment,
        )

    def learn(self, words: Sequence[str], folder: Path) -> Ended:
        """Run a command and import whatever it imported, for all that follow."""
        ended = self._ask(words, folder, learn=True)
        modules = json.loads((folder / "modules.json").read_text(encoding="utf-8"))
        (folder / "modules.json").unlink()
        modules = [name for name in modules if THREADED not in name]
        threads = self._answer({"modules": modules})["threads"]
        others = [name for name in threads if not name.startswith(FORKABLE)]
        if len(others) != 1:
            raise RuntimeError(f"threads {threads}: a fork would not be a faithful start")
        return ended

    def run(
        self,
        words: Sequence[str],
        folder: Path,
        *,
        kill: float | None = None,
        after: str | None = None,
        number: int = signal.SIGKILL,
        largest: int | None = None,
    ) -> Ended:
        """Run a command in a folder.

        Parameters
        ----------
        kill
            Seconds after which it is signalled; never by default.
        after
            Glob of files: the seconds count from when one of them is there.
        number
            The signal.
        largest
            Bytes that a file may have, as on a disk that is full; any number by default.
        """
        return self._ask(words, folder, kill=kill, after=after, number=int(number), largest=largest)

    def close(self) -> None:
        """End the server."""
        self._process.communicate()

    def _ask(self, words: Sequence[str], folder: Path, **told: Any) -> Ended:
        answer = self._answer({"words": list(words), "folder": str(folder), **told})
        said = (folder / "said.txt").read_text(encoding="utf-8")
        (folder / "said.txt").unlink()
        return Ended(said=said, **answer)

    def _answer(self, request: Mapping[str, Any]) -> dict[str, Any]:
        if self._process.stdin is None or self._process.stdout is None:
            raise RuntimeError("the server has no pipes")
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()
        answer: dict[str, Any] = json.loads(self._process.stdout.readline())
        return answer
