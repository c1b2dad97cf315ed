"""Letters for notes: the same reason has the same letter in every cell."""

from __future__ import annotations

from collections.abc import Sequence
from string import ascii_lowercase

from evaluation.report.phrases import message_words
from evaluation.report.record import Record
from evaluation.report.tabling.answers import Entry
from evaluation.report.tabular import Note
from evaluation.report.words import capital, status_words


class Marks:
    """The notes of one table, in the order in which cells ask for them.

    What holds of every number of a table has no letter.

    Parameters
    ----------
    record
        Says which models were not frozen as they are.
    entries
        Every estimate of the table.
    """

    def __init__(self, record: Record, entries: Sequence[Entry]) -> None:
        self._record = record
        self._letters: dict[str, str] = {}
        filled = [one for one in entries if one.row.estimate is not None]
        several = {(one.row.model_id, one.row.outcome) for one in filled}
        kinds = dict.fromkeys(self._texts(one) for one in filled)
        shared = set.intersection(*(set(texts) for texts in kinds)) if len(several) > 1 else set()
        self._shared = tuple(
            text for text in dict.fromkeys(t for k in kinds for t in k) if text in shared
        )

    def of(self, entry: Entry) -> str:
        """Return the letters of an estimate: why there is none, or what must be known of it."""
        texts = (text for text in self._texts(entry) if text not in self._shared)
        return ",".join(self._letter(text) for text in texts)

    def _texts(self, entry: Entry) -> tuple[str, ...]:
        row = entry.row
        texts = []
        if row.reason:
            words = self._record.words
            status = capital(status_words(row.status, words))
            texts.append(f"{status}: {message_words(row.reason, words)}")
        if reason := self._record.exploratory.get(row.model_id):
            words = self._record.words
            texts.append(words.text("table.note.exploratory", reason=reason))
        return tuple(texts)

    @property
    def notes(self) -> tuple[Note, ...]:
        """Every note with its letter, after those that hold of all numbers."""
        general = (Note(f"{text}.") for text in self._shared)
        return (*general, *(Note(text, letter) for text, letter in self._letters.items()))

    def _letter(self, text: str) -> str:
        return self._letters.setdefault(text, _letter(len(self._letters)))


def _letter(at: int) -> str:
    """Return a, b, ..., z, aa, ab, ..."""
    before, own = divmod(at, len(ascii_lowercase))
    return (_letter(before - 1) if before else "") + ascii_lowercase[own]
