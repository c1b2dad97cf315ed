"""Where a command speaks: progress on stderr, events as JSON lines, a log without values."""

from __future__ import annotations

import datetime as dt
import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

from evaluation.errors import EnvironmentProblem, UserError

# Characters a line where nobody says how wide the terminal is.
NARROW = 80


@dataclass(frozen=True)
class Console:
    """Tells what is running; what it tells holds names and counts, never a row's value.

    Attributes
    ----------
    json_events
        Events go to stdout as JSON lines.
    log
        An open file that gets the same lines, or ``None``.
    """

    json_events: bool = False
    log: TextIO | None = None

    def event(self, event: str, **fields: Any) -> None:
        """Record one event."""
        at = dt.datetime.now(dt.UTC).isoformat(timespec="milliseconds")
        line = json.dumps({"event": event, "at": at, **fields}, ensure_ascii=False)
        if self.json_events:
            print(line, flush=True)
        if self.log is not None:
            self.log.write(line + "\n")
            self.log.flush()

    def stage(self, spec_id: str, stage: str, note: str = "") -> None:
        """Announce a stage of one spec; what stands beside it is for people alone.

        On a terminal a line takes the place of the one before, in one stroke and never longer than
        the terminal is wide: a line that wraps could not be taken back.
        """
        self.event("stage", spec=spec_id, stage=stage)
        if self.json_events:
            return
        line = f"{spec_id}: {stage}{f' ({note})' if note else ''}"
        if sys.stderr.isatty():
            sys.stderr.write(f"\r{_shortened(line, _width())}\x1b[K")
            sys.stderr.flush()
        else:
            print(line, file=sys.stderr, flush=True)

    def settle(self) -> None:
        """Clear the progress line."""
        if sys.stderr.isatty() and not self.json_events:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)

    def fault(self, error: UserError) -> None:
        """Tell an error: one line for each fault."""
        self.settle()
        self.event("error", kind=error.label, exit_code=error.exit_code, faults=list(error.faults))
        for line in error.faults:
            print(f"{error.label}: {line}", file=sys.stderr, flush=True)

    def say(self, text: str) -> None:
        """Print a line for people; stays silent where events are asked for."""
        if not self.json_events:
            self.settle()
            print(text, flush=True)


def _width() -> int:
    """Return how many characters a line of the terminal takes."""
    try:
        return os.get_terminal_size(sys.stderr.fileno()).columns or NARROW
    except (OSError, ValueError):
        return NARROW


def _shortened(line: str, width: int) -> str:
    """Return a line that leaves the last column free, where some terminals wrap."""
    return line if len(line) < width else f"{line[: max(width - 2, 0)]}\N{HORIZONTAL ELLIPSIS}"


@contextmanager
def open_console(json_events: bool, log: Path | None) -> Iterator[Console]:
    """Give a console, its log opened for appending.

    Raises
    ------
    EnvironmentProblem
        Where the log cannot be written.
    """
    if log is None:
        yield Console(json_events)
        return
    try:
        file = log.open("a", encoding="utf-8")
    except OSError as error:
        raise EnvironmentProblem(f"--log {log}: cannot be written ({error.strerror})") from None
    with file:
        yield Console(json_events, file)
