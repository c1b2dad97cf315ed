"""How far a long command has come: a bar on a terminal, plain lines elsewhere; both on stderr."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from evaluation.commands.console import Console
from evaluation.commands.durations import duration

# Seconds between plain lines.
EVERY = 10.0

Tell = Callable[[int, int], None]


@contextmanager
def progress(console: Console, label: str, unit: str, total: int) -> Iterator[Tell]:
    """Give the function to call with what came to an end.

    It takes two counts: how much of ``total``, which may be an estimate, is behind, and how many
    units were made meanwhile. The first moves the bar, the second the rate.
    """
    if console.json_events or not sys.stderr.isatty():
        yield _Lines(console, label, unit, total).tell
        return
    with _bar(label, unit, total) as tell:
        yield tell


class _Lines:
    """Plain lines, far enough apart."""

    def __init__(self, console: Console, label: str, unit: str, total: int) -> None:
        self.console, self.label, self.unit, self.total = console, label, unit, total
        self.begun = self.told = time.monotonic()
        self.behind = self.made = 0

    def tell(self, behind: int, made: int) -> None:
        self.behind += behind
        self.made += made
        now = time.monotonic()
        if now - self.told < EVERY:
            return
        self.told = now
        taken = now - self.begun
        left = taken * (self.total - self.behind) / max(self.behind, 1)
        self.console.stage(
            self.label,
            f"{_percent(self.behind, self.total)}; {self.made:,} {self.unit}, "
            f"{_rate(self.made, taken)}; {duration(left)} left",
        )


@contextmanager
def _bar(label: str, unit: str, total: int) -> Iterator[Tell]:
    from rich.console import Console as Terminal
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TextColumn("{task.fields[rate]}"),
        TextColumn("{task.fields[left]}"),
    )
    begun, behind, made = time.monotonic(), 0, 0
    # Redrawn as counts come in: a thread of its own would only take time from the work.
    with Progress(
        *columns, console=Terminal(stderr=True), transient=True, auto_refresh=False
    ) as bar:
        task = bar.add_task(label, total=max(total, 1), rate=unit, left="")
        bar.refresh()

        def tell(more_behind: int, more_made: int) -> None:
            nonlocal behind, made
            behind, made = behind + more_behind, made + more_made
            taken = time.monotonic() - begun
            left = taken * (total - behind) / max(behind, 1)
            bar.update(
                task,
                completed=behind,
                rate=f"{made:,} {unit}, {_rate(made, taken)}",
                left=f"{duration(left)} left",
                refresh=True,
            )

        yield tell


def _percent(part: int, whole: int) -> str:
    return f"{100 * part // max(whole, 1)} %"


def _rate(count: int, seconds: float) -> str:
    each = count / max(seconds, 1e-9)
    if 0 < each < 1:
        return f"{60 * each:.1f} a minute"
    return f"{each / 1e6:.2f} million a second" if each >= 1e5 else f"{each:,.0f} a second"
