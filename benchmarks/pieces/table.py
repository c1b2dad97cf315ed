"""A Markdown table of pieces, each beside what is to be reached."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from pieces.measuring import Measured, measured

HEAD = ("", "CPU s", "wall s", "peak MB", "ratio", "to reach", "reached", "found")


@dataclass(frozen=True)
class Goal:
    """One thing to be reached.

    ``value`` takes what was measured, and the piece compared with where there is one.
    """

    words: str
    value: Callable[[Measured, Measured | None], float | None]
    most: float | None = None
    least: float | None = None

    def reached(self, one: Measured, other: Measured | None) -> bool | None:
        """Say whether it is, ``None`` where the piece compared with gave nothing."""
        value = self.value(one, other)
        if value is None:
            return None
        return (self.most is None or value <= self.most) and (
            self.least is None or value >= self.least
        )


@dataclass(frozen=True)
class Line:
    """One line of a table: a piece, what it is compared with, and what is to be reached."""

    label: str
    piece: str
    at: Path | int
    against: str = ""
    goals: tuple[Goal, ...] = ()


def _ratio(one: Measured, other: Measured | None) -> float | None:
    return None if other is None else one.cpu_seconds / other.cpu_seconds


def at_most(times: float) -> Goal:
    """Return the goal of so many times the CPU of the piece compared with."""
    return Goal(f"≤ {times:g} ×", _ratio, most=times)


def at_least(times: float) -> Goal:
    """Return the goal of at least so many times the CPU of the piece compared with."""
    return Goal(f"≥ {times:g} ×", _ratio, least=times)


def memory(megabytes: float) -> Goal:
    """Return the goal of so much peak memory."""
    return Goal(f"≤ {megabytes:,.0f} MB", lambda one, other: one.peak_mb, most=megabytes)


def wall(seconds: float) -> Goal:
    """Return the goal of so many seconds of the clock."""
    return Goal(f"≤ {seconds:g} s", lambda one, other: one.seconds, most=seconds)


def rate(draws: int, least: float) -> Goal:
    """Return the goal of so many draws a CPU second."""
    return Goal(f"≥ {least:,.0f} a second", lambda one, other: draws / one.cpu_seconds, least=least)


def print_table(
    title: str,
    lines: list[Line],
    repetitions: int,
    judged: bool,
    env: dict[str, str],
    out: Callable[[str], None],
) -> None:
    """Measure pieces and print them; goals are judged at full size alone."""
    out(f"\n**{title}**\n")
    out(f"| {' | '.join(HEAD)} |")
    out(f"|{'---|' * len(HEAD)}")
    found: dict[str, Measured] = {}
    for line in lines:
        one = measured(line.piece, line.at, repetitions, env)
        if isinstance(one, str):
            out(f"| {line.label} | | | | | | | {one.replace('|', '/')} |")
            continue
        found[line.label] = one
        other = found.get(line.against)
        ratio = _ratio(one, other)
        words = ", ".join(goal.words for goal in line.goals)
        out(
            f"| {line.label} | {one.cpu_seconds:.2f} | {one.seconds:.2f} | {one.peak_mb:,.0f} | "
            f"{'' if ratio is None else f'{ratio:.2f}'} | {words} | "
            f"{_verdict(line, one, other) if judged else ''} | {one.result:.6g} |"
        )


def _verdict(line: Line, one: Measured, other: Measured | None) -> str:
    reached = [goal.reached(one, other) for goal in line.goals]
    return ", ".join("not compared" if hit is None else "yes" if hit else "no" for hit in reached)
