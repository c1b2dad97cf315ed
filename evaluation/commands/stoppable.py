"""End a long command cleanly when asked to."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def stoppable() -> Iterator[Callable[[], None]]:
    """End on a request to terminate as on Ctrl-C: what was begun is cleared away.

    Yields what ends the work if it was asked to end: an exception that a signal raises is lost
    where the interpreter happens to be inside a callback of a library, which swallows it.
    """
    asked: list[int] = []

    def stop(number: int, frame: FrameType | None) -> None:
        asked.append(number)
        go_on()

    def go_on() -> None:
        if signal.SIGINT in asked:
            raise KeyboardInterrupt
        if asked:
            sys.exit(128 + asked[0])

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield go_on
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
