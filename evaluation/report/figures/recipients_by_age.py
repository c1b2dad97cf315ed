"""Recipients, or rows, at each value of the running variable."""

from __future__ import annotations

from evaluation.report.figures._counts import counted
from evaluation.report.figures._running import running_words
from evaluation.report.figures.plot import Plot
from evaluation.report.record import Record

TITLE = "figure.counts.people"
SECTION = "description"
ORDER = 40

KIND = "recipients_by_age"


def plots(record: Record) -> tuple[Plot, ...]:
    """Return recipients by value of the running variable; rows where receipt is not known."""
    words = record.words
    running = running_words(record)
    labels = (words.text("figure.counts.share"), words.text("figure.counts.rows"))
    caption = words.text("figure.counts.recipients_caption", running=running)
    found = counted(record, KIND, "recipients", caption, labels)
    if found:
        return found
    caption = words.text("figure.counts.rows_caption", running=running)
    return counted(record, KIND, "rows", caption, labels)
