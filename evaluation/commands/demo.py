"""``demo``: the three designs on synthetic data, with the truth beside each estimate."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from evaluation.commands.console import Console
from evaluation.commands.run import Done, run
from evaluation.commands.shown import text_table
from evaluation.report.centred import centre_notes
from evaluation.report.numbers import Numbers
from evaluation.report.places import is_headline
from evaluation.report.truths import holds_truth, truth_text

SPECS = ("age_did", "municipal_adoption", "release_at_30")


def demo(out: Path, settings: Sequence[str], console: Console) -> tuple[Done, ...]:
    """Run the demo specs and close with one table and the paths of the pages."""
    console.say(
        "Simulating a synthetic Norway and asking three designs whether the duty brought people "
        "into work or education; about a minute."
    )
    ended = run(SPECS, settings=settings, allowed=(), out=out, gates=(), jobs=1, console=console)
    console.say("\nAll three designs against the truth of the world")
    console.say(text_table(HEAD, [row for done in ended for row in _rows(done)], numeric_from=3))
    held = [
        holds_truth(done.record, row)
        for done in ended
        if done.record is not None
        for row in done.record.estimates
        if is_headline(row)
    ]
    console.say(
        f"{held.count(True)} of {held.count(True) + held.count(False)} intervals hold the truth; "
        "by design one in twenty misses it, and a little more where a few municipalities are large."
    )
    for done in ended:
        for note in centre_notes(done.record) if done.record is not None else ():
            console.say(f"{done.label}: {note}")
    for done in ended:
        if done.folder is not None:
            console.say(f"page: {done.folder / 'restricted' / 'report.html'}")
    return ended


HEAD = ["spec", "outcome", "estimand", "estimate", "std. error", "95 % interval", "truth"]


def _rows(done: Done) -> list[list[str]]:
    if done.record is None:
        return []
    numbers = Numbers(done.record.spec.rounding)
    return [
        [
            done.label,
            row.outcome,
            row.estimand,
            numbers.estimate(row.estimate),
            numbers.estimate(row.std_error),
            f"{numbers.estimate(row.conf_low)} to {numbers.estimate(row.conf_high)}",
            truth_text(done.record, row, numbers),
        ]
        for row in done.record.estimates
        if is_headline(row) and row.estimate is not None
    ]
