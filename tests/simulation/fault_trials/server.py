"""Start the command line in processes of their own, and kill them when told.

A process that has imported what a command imports is forked for every command, so that a trial
takes no seconds of start-up; it runs one thread, so that a fork is a faithful start. Reads one
request a line, answers with one line. Whoever forks also waits and kills: no number of a process
that has ended is ever killed.
"""

from __future__ import annotations

import importlib
import json
import os
import resource
import signal
import sys
import time
import traceback
from pathlib import Path

PAUSE = 0.0005


def main() -> None:
    """Serve until the input ends."""
    importlib.import_module("evaluation.cli")
    for line in sys.stdin:
        told = json.loads(line)
        for name in told.pop("modules", ()):
            _import(name)
        answer = _serve(**told) if told else {"threads": _threads()}
        print(json.dumps(answer), flush=True)


def _import(name: str) -> None:
    try:
        importlib.import_module(name)
    except ImportError:  # what a library looks for and does without
        return


def _threads() -> list[str]:
    """Return the names of the threads of this process."""
    return [path.read_text().strip() for path in Path("/proc/self/task").glob("*/comm")]


def _serve(
    words: list[str],
    folder: str,
    kill: float | None = None,
    after: str | None = None,
    number: int = signal.SIGKILL,
    largest: int | None = None,
    learn: bool = False,
) -> dict[str, object]:
    """Run one command; signal it ``kill`` seconds after it began, or after a file is there."""
    begun = time.monotonic()
    process = os.fork()
    if not process:
        if largest is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (largest, largest))
        _run(words, folder, learn)
    origin = None if after else begun
    ended: int | None = None
    while ended is None:
        if origin is None and any(Path(folder).glob(str(after))):
            origin = time.monotonic()
        if kill is not None and origin is not None and time.monotonic() >= origin + kill:
            os.kill(process, number)
            kill = None
        found, status = os.waitpid(process, os.WNOHANG)
        if found:
            ended = os.waitstatus_to_exitcode(status)
        else:
            time.sleep(PAUSE)
    now = time.monotonic()
    return {
        "code": ended,
        "seconds": now - begun,
        "writing": None if origin is None else now - origin,
    }


def _run(words: list[str], folder: str, learn: bool) -> None:
    """Be the command line; never return."""
    os.chdir(folder)
    said = os.open("said.txt", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    os.dup2(said, 1)
    os.dup2(said, 2)
    os.close(0)
    code: object = 1
    try:
        sys.argv = ["activity-duty", *words]
        importlib.import_module("evaluation.cli").main()
        code = 0
    except SystemExit as end:
        code = end.code
    finally:
        _end(code, learn)


def _end(code: object, learn: bool) -> None:
    """End the process as an interpreter would, without what the server set up."""
    if sys.exc_info()[0] not in (None, SystemExit):
        traceback.print_exc()
    sys.stdout.flush()
    sys.stderr.flush()
    if learn:
        Path("modules.json").write_text(json.dumps(sorted(sys.modules)), encoding="utf-8")
    os._exit(code if isinstance(code, int) else 0)


if __name__ == "__main__":
    main()
