"""Where a command speaks: progress on stderr, events as JSON lines, a log without values."""

from __future__ import annotations

import datetime as dt
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

from evaluation.errors import EnvironmentProblem, UserError


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

    def stage(self, spec_id: str, stage: str) -> None:
        """Announce a stage of one spec."""
        self.event("stage", spec=spec_id, stage=stage)
        if not self.json_events:
            if sys.stderr.isatty():
                print(f"\r\x1b[K{spec_id}: {stage}", end="", file=sys.stderr, flush=True)
            else:
                print(f"{spec_id}: {stage}", file=sys.stderr, flush=True)

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
