"""Entries into social assistance at each value of the running variable."""

from __future__ import annotations

from evaluation.report.figures._counts import counted
from evaluation.report.figures._running import running_words
from evaluation.report.figures.plot import Plot
from evaluation.report.record import Record

TITLE = "figure.counts.entries"
SECTION = "description"
ORDER = 50

KIND = "entries_by_age"


def plots(record: Record) -> tuple[Plot, ...]:
    """Return entries by value of the running variable, none where they were not counted."""
    words = record.words
    running = running_words(record)
    labels = (words.text("figure.counts.rate"), words.text("figure.counts.count"))
    caption = words.text("figure.counts.entries_caption", running=running)
    return counted(record, KIND, "entries", caption, labels)
