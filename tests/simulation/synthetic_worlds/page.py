"""The tables and the page of worlds, from what was judged."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from data_synth import list_worlds
from synthetic_worlds.questions import Question
from synthetic_worlds.verdict import (
    DOWN,
    NOT_IDENTIFIED,
    RECOVERS,
    TOO_SURE,
    UP,
    Expected,
    Judged,
)
from synthetic_worlds.words import describe

UNSTATED = "–"
UNREAD = "not explained yet."


@dataclass(frozen=True)
class Line:
    """One question with what was expected and what was found."""

    world: str
    question: Question
    expected: str
    judged: Judged

    @property
    def agrees(self) -> bool:
        """Whether the verdict is the one expected, or none was."""
        return self.expected in (UNSTATED, self.judged.verdict)


def expected_of(content: Mapping[str, Any]) -> Expected:
    """Read a world's table of expected verdicts."""
    unstated = dict.fromkeys(content.get("unstated", ()), UNSTATED)
    return Expected(
        content["reason"],
        {**content.get("verdicts", {}), **unstated},
        content.get("readings", {}),
    )


def readings(lines: Sequence[Line], expected: Expected) -> list[str]:
    """Return a line for each verdict that was not expected: what was made of it."""
    return [
        f"- `{line.question.name}`: {expected.readings.get(line.question.name, UNREAD)}"
        for line in lines
        if not line.agrees
    ]


COLUMNS = (
    "estimator",
    "outcome",
    "truth",
    "mean estimate",
    "mean error",
    "in errors",
    "coverage",
    "expected",
    "found",
    "",
)


def table(lines: Sequence[Line], *, with_world: bool) -> str:
    """Return lines as a table; those that go against what was expected are marked."""
    columns = ("world", *COLUMNS) if with_world else COLUMNS
    rows = [_cells(line) for line in lines]
    if with_world:
        rows = [(line.world, *row) for line, row in zip(lines, rows, strict=True)]
    return _markdown(columns, rows)


def overview(lines: Mapping[str, Sequence[Line]]) -> str:
    """Return one row a world: which estimators recover the truth, and what the others do."""
    titles = {world.name: world.title for world in list_worlds()}
    rows = [
        (f"[{name}](#{name})", titles[name], _recovering(own), _failing(own))
        for name, own in sorted(lines.items())
    ]
    return _markdown(("world", "title", "recover the truth", "do not (error in errors)"), rows)


def estimators(asked: Sequence[Question]) -> str:
    """Return one row an estimator: what it is asked."""
    rows = [(f"`{name}`", label, estimand) for name, label, estimand in describe(asked)]
    return _markdown(("name", "estimator", "estimand"), rows)


def _recovering(lines: Sequence[Line]) -> str:
    if not lines:
        return "not run yet"
    names = dict.fromkeys(line.question.name.split("/")[0] for line in lines)
    failing = {line.question.name.split("/")[0] for line in lines if _fails(line)}
    whole = [f"`{name}`" for name in names if name not in failing]
    return ", ".join(whole) or "none"


def _failing(lines: Sequence[Line]) -> str:
    if not lines:
        return "not run yet"
    found = []
    for line in lines:
        if _fails(line):
            size = line.judged.in_errors
            by = f" ({size:+.1f})" if line.judged.verdict in (UP, DOWN) else ""
            found.append(f"`{line.question.name}` {line.judged.verdict}{by}")
    return "; ".join(found) or "none"


def _fails(line: Line) -> bool:
    return line.judged.verdict in (UP, DOWN, TOO_SURE, NOT_IDENTIFIED)


def _cells(line: Line) -> tuple[str, ...]:
    judged = line.judged
    known = not math.isnan(judged.std_error)
    return (
        f"`{line.question.name.split('/')[0]}`",
        f"`{line.question.outcome}`",
        f"{judged.truth:.4f} ± {judged.truth_error:.4f}",
        UNSTATED if math.isnan(judged.estimate) else f"{judged.estimate:.4f}",
        UNSTATED if math.isnan(judged.error) else f"{judged.error:+.4f} ± {judged.error_error:.4f}",
        f"{judged.in_errors:+.2f}" if known else "no error",
        f"{judged.covered} of {judged.replications}" if known else "no interval",
        line.expected,
        judged.verdict if judged.verdict == RECOVERS else f"**{judged.verdict}**",
        "" if line.agrees else "disagrees",
    )


def _markdown(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    head = [f"| {' | '.join(columns)} |", f"|{'---|' * len(columns)}"]
    return "\n".join(head + [f"| {' | '.join(row)} |" for row in rows])
