"""The section of docs/validation.md: the table of studies, and what failing lines mean."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from pathlib import Path

from evaluation.diagnose.verdicts import SMALL
from study_panels.drawing import LEVEL
from study_panels.judging import MISSING, RATE, SMALL_RESAMPLING, UNDECIDED, Line

READINGS = Path(__file__).resolve().parent / "readings.toml"
# Errors of a truth below this are of floating point.
ROUNDING = 1e-12
UNREAD = "not read yet."
EXPECTED = {
    "coverage": "covers",
    "coverage_at_least": "covers at least",
    "placebo_size": "rank at its level at most",
    "refuses": "refuses always",
    "null": "rejects at its level at most",
    "found": "found",
}
COLUMNS = (
    "study", "line", "world", "persons", "draws", "truth", "mean error in std. errors",
    "std. error / spread", "covers, or rejects", "expected", "",
)  # fmt: skip


def section(title: str, lines: Sequence[Line], stamp: str) -> str:
    """Return the section.

    Parameters
    ----------
    title
        Its heading.
    lines
        Of all studies that were drawn.
    stamp
        The commit.
    """
    failing = sum(line.fails for line in lines)
    undecided = sum(line.verdict == UNDECIDED for line in lines)
    draws = sum(line.replications for line in lines)
    parts = [
        f"## {title}\n\nCommit {stamp}. {draws:,} draws of synthetic worlds, each estimated by the "
        "study's own spec with the persons and settings of its trial (tests/simulation/"
        "study_trials). Seeds: the first six bytes of SHA-256 of `studies/<line>/<replication>`. "
        f"{failing} of {len(lines)} lines are not as expected, {undecided} undecided.\n\n"
        "- *covers*: coverage of the superpopulation's truth lies in the band of a right 95 % "
        "interval, Bonferroni-adjusted over all lines of all studies, and the 95 % Monte Carlo "
        f"interval of the mean error within ±{SMALL} standard errors (±{SMALL_RESAMPLING} where "
        "draws are resampled); where too few draws cannot show the latter it is *undecided*. Of "
        "methods with a bias-corrected estimate that one is judged.\n"
        "- *covers at least*: may cover more than the band. An interval that counts a largest bias "
        "is judged by the band's lower end as well.\n"
        "- Truth: the mean over five large draws of coupled runs (one where that shows no "
        "difference at all), with its Monte Carlo error, which counts in that of the mean error.\n"
        f"- Placebos are tests at {LEVEL:.0%}: they must not reject more often than the band about "
        f"that level where nothing is broken, and must be found in {RATE:.0%} of draws, chosen "
        "beforehand, in the world that breaks them. Designs of one treated unit are judged by the "
        "size of their placebo ranks, refusals by refusing in every draw.\n"
        "- Closed-form methods ask for 2,000 draws to be judged to a percent; whole worlds cost "
        "about a second each, so that most lines have fewer, and their bands are as much wider.\n"
        f"- Draws without a number are counted (*none in*); more than {MISSING:.0%} of them fail a "
        "line.\n",
        table(lines),
    ]
    if said := readings(lines):
        parts += ["\nWhat was not expected or not decided, and was read:\n", "\n".join(said)]
    return "\n".join(parts)


def table(lines: Sequence[Line]) -> str:
    """Return lines as a Markdown table; those not as expected say FAILS."""
    rows = [_cells(line) for line in lines]
    head = [f"| {' | '.join(COLUMNS)} |", f"|{'---|' * len(COLUMNS)}"]
    return "\n".join(head + [f"| {' | '.join(row)} |" for row in rows])


def _cells(line: Line) -> tuple[str, ...]:
    share = "–" if line.share is None else f"{line.share:.1%}"
    if line.missing:
        share += f", none in {line.missing}"
    error = "–" if line.error is None else f"{line.error:+.3f} ± {line.half:.3f}"
    own = line.key.removeprefix(line.study).removeprefix("/")
    return (
        line.study,
        f"`{own}`" if own else "main",
        line.world,
        f"{line.persons:,}",
        f"{line.replications:,}",
        _truth(line),
        error,
        "–" if line.ratio is None else f"{line.ratio:.3f}",
        share,
        EXPECTED[line.expected],
        f"FAILS: {line.verdict}" if line.fails else line.verdict.replace("holds", ""),
    )


def _truth(line: Line) -> str:
    if line.truth is None:
        return "–"
    error = f" ± {line.truth_error:.4g}" if (line.truth_error or 0.0) > ROUNDING else ""
    return f"{line.truth:.4g}{error}"


def readings(lines: Sequence[Line]) -> list[str]:
    """Return a list item for every line that is not as expected, or was read: what it says."""
    known = tomllib.loads(READINGS.read_text(encoding="utf-8"))
    return [
        f"- `{line.key}`: {line.reason + ': ' if line.reason else ''}{known.get(line.key, UNREAD)}"
        for line in lines
        if line.fails or line.key in known
    ]
