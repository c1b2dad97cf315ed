"""One page over the outputs of several specs: every headline, its verdict, and a link."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files

from evaluation.checks.judging import EQUIVALENCE
from evaluation.report.across import Compared
from evaluation.report.findings import findings_of
from evaluation.report.language import language_of
from evaluation.report.places import is_headline
from evaluation.report.record import Record
from evaluation.report.words import outcome_label
from evaluation.results import Estimate


@dataclass(frozen=True)
class Entry:
    """One record and where its page is, from the index."""

    record: Record
    page: str


@dataclass(frozen=True)
class Line:
    """One outcome of one spec."""

    outcome: str
    model: str
    estimate: str
    interval: str
    verdicts: tuple[str, ...]
    sentence: str


def index_page(
    entries: Sequence[Entry], compared: Sequence[Compared], pictures: Sequence[tuple[str, bytes]]
) -> str:
    """Return the HTML of the index.

    Parameters
    ----------
    entries
        Specs in the order in which they are listed.
    compared
        Comparisons across them.
    pictures
        What the comparisons look like: alternative text and PNG.
    """
    import jinja2

    environment = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    folder = files("evaluation.report") / "templates"
    source = (folder / "index.html").read_text(encoding="utf-8")
    languages = {entry.record.spec.lang for entry in entries}
    # Specs of several languages share a page in the default one.
    words = language_of(languages.pop() if len(languages) == 1 else "en")
    return environment.from_string(source).render(
        words=words,
        entries=[(entry, _lines(entry.record)) for entry in entries],
        synthetic=any(entry.record.spec.panel.source == "synthetic" for entry in entries),
        compared=[one.check for one in compared],
        pictures=[(alt, base64.b64encode(data).decode("ascii")) for alt, data in pictures],
    )


def _lines(record: Record) -> list[Line]:
    lines = []
    for name, finding in zip(record.spec.outcomes, findings_of(record), strict=True):
        verdicts = [
            row for row in record.checks if row.check == EQUIVALENCE and row.outcome == name
        ]
        judged = next((row.model_id for row in verdicts if row.model_id), None)
        row = _headline(record, name, judged)
        words = record.words
        lines.append(
            Line(
                outcome_label(record.spec, name),
                "" if row is None else row.model_id,
                record.numbers.estimate(None if row is None else row.estimate),
                ""
                if row is None or row.conf_low is None
                else record.numbers.interval(row.conf_low, row.conf_high),
                tuple(words.text(f"verdict.{one.verdict}") for one in verdicts),
                " ".join(finding.sentences),
            )
        )
    return lines


def _headline(record: Record, outcome: str, judged: str | None) -> Estimate | None:
    rows = [row for row in record.estimates if row.outcome == outcome and is_headline(row)]
    chosen = [row for row in rows if row.model_id == judged] or rows
    return chosen[0] if chosen else None
