"""The section of docs/validation.md: worlds, what a line makes of a stock, the table, readings."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from town_panels.judging import RATE, Line, Panel
from town_panels.table import UNREAD, table
from town_panels.world import SMALL, SMALL_RESAMPLING

from cutoff_worlds.stocks import HALF_MONTH, KINK, LONG_RUN, WIDTHS
from cutoff_worlds.world import AtCutoff

__all__ = ["READINGS", "section", "table"]

READINGS = Path(__file__).resolve().parent / "readings.toml"
STOCK = "stock"
# Of a stock, by bandwidth: headings and lines.
JUMP = "jump by a line, {} months"
KINKS = {
    "kink by a line": "kink by a line, {} months",
    "quadratic": "quadratic kink, {} months",
    "quadratic, one level at 359.5": "quadratic kink, one level at 359.5, {} months",
    "cubic": "cubic kink, {} months",
}


def section(
    title: str,
    worlds: Mapping[str, AtCutoff],
    lines: Sequence[Line],
    panels: Mapping[str, Sequence[Panel]],
    stamp: str,
) -> str:
    """Return the section.

    Parameters
    ----------
    title
        Heading.
    worlds
        Those that were run.
    lines
        Of all of them.
    panels
        What every panel gave, by world.
    stamp
        The commit.
    """
    counts = {name: len(found) for name, found in panels.items() if found}
    failing = sum(not line.held for line in lines)
    head = (
        f"## {title}\n\n"
        f"Commit {stamp}. {sum(counts.values()):,} panels of persons near 30, a two-state chain by "
        "month of age, each estimated as a user would: by a spec. Persons are clusters where "
        "nothing else is said; true jumps and kinks follow from the chain's probabilities. Seeds: "
        "the first six bytes of SHA-256 of `cutoffs/<world>/<replication>`. Lines are judged as "
        "those of panels: *covers* by the band of a right 95 % interval, Bonferroni-adjusted over "
        f"all lines at a cutoff, and a mean error within ±{SMALL} standard errors "
        f"(±{SMALL_RESAMPLING} in worlds of fewer panels) by its 95 % Monte "
        "Carlo interval; *covers at least* by the lower "
        "end alone, its length against that of an interval that knows more; *under-covers* and "
        f"*biased* are stated failures; *detected* needs {RATE:.0%} of panels, chosen beforehand. "
        "Of `rd_robust`, `rd_fuzzy`, `rd_kink` and `rd_difference` the bias-corrected estimate is "
        "judged. A rule may choose a bandwidth with fewer than four months on a side, which is "
        "refused: such panels are counted (*none in*), and up to 5 % of them left out. "
        f"{failing} of {len(lines)} lines are not as expected.\n\n"
    )
    rows = [(name, world.title, f"{counts.get(name, 0):,}") for name, world in worlds.items()]
    parts = [head + _markdown(("world", "what is so", "panels"), rows)]
    if panels.get(STOCK):
        parts.append(stock(panels[STOCK]))
    parts.append(table(lines))
    if said := readings(lines):
        parts += ["What was not expected, and what was made of it:", "\n".join(said)]
    return "\n\n".join(parts)


def stock(panels: Sequence[Panel]) -> str:
    """Return what estimators make of a stock by bandwidth.

    Parameters
    ----------
    panels
        What every panel of the world gave.
    """
    rows = []
    for width in WIDTHS:
        jump, error = _mean(panels, JUMP.format(width))
        row = [str(width), f"{jump:+.4f} ± {error:.4f}", f"{jump / LONG_RUN:.0%}"]
        for name in KINKS.values():
            if name.format(width) in panels[0]:
                kink, error = _mean(panels, name.format(width))
                row.append(f"{kink / KINK:.2f} ± {error / abs(KINK):.2f}")
            else:
                row.append("–")
        rows.append(row)
    said = (
        f"The stock of `{STOCK}` does not jump. Its kink is {KINK:+.4f} a month of age, the "
        f"long-run effect of the duty {LONG_RUN:+.4f}. Mean jumps found by a local line, which are "
        "bias, and mean kinks over the true one (quadratics and cubics bias-corrected):"
    )
    after = (
        "As the bandwidth shrinks the jump tends to half a month's kink, "
        f"{HALF_MONTH:+.4f}: ages are completed months at a month's end, so that the kink lies "
        "half a month below the cutoff."
    )
    columns = ("months", "jump by a line", "of the long-run effect", *KINKS)
    return f"{said}\n\n{_markdown(columns, rows)}\n\n{after}"


def _mean(panels: Sequence[Panel], line: str) -> tuple[float, float]:
    """Return the mean estimate of a line and half its 95 % Monte Carlo interval."""
    values = np.array([panel[line][0] for panel in panels], dtype=float)
    return float(values.mean()), float(1.96 * values.std(ddof=1) / len(values) ** 0.5)


def readings(lines: Sequence[Line]) -> list[str]:
    """Return a list item for every line that is not as expected: what was made of it."""
    known = tomllib.loads(READINGS.read_text(encoding="utf-8"))
    return [
        f"- {line.world}, `{line.name}`: {known.get(line.world, {}).get(line.name, UNREAD)}"
        for line in lines
        if not line.held
    ]


def _markdown(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    head = [f"| {' | '.join(columns)} |", f"|{'---|' * len(columns)}"]
    return "\n".join(head + [f"| {' | '.join(row)} |" for row in rows])
