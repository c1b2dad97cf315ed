"""The points of a figure as a table: what is drawn, and what stands beside the picture as CSV."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass

from evaluation.results import text_of

Value = float | int | str | None


@dataclass(frozen=True, slots=True)
class PointTable:
    """Points by column.

    Attributes
    ----------
    columns
        Names, each once.
    rows
        One value a column; ``None`` where there is none.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[Value, ...], ...] = ()

    def __len__(self) -> int:
        return len(self.rows)

    def column(self, name: str) -> tuple[Value, ...]:
        """Return the values of one column."""
        at = self.columns.index(name)
        return tuple(row[at] for row in self.rows)

    def csv(self) -> str:
        """Return the table as the text of a CSV file: shortest round-trip floats."""
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(self.columns)
        writer.writerows([text_of(value) for value in row] for row in self.rows)
        return out.getvalue()


def read_points(text: str) -> PointTable:
    """Return the table that a CSV text holds: numbers where a whole column can be read as such."""
    rows = list(csv.reader(io.StringIO(text)))
    if not rows:
        return PointTable(())
    names, body = tuple(rows[0]), rows[1:]
    columns = [_typed([row[at] for row in body]) for at in range(len(names))]
    return PointTable(names, tuple(zip(*columns, strict=True)))


def _typed(texts: list[str]) -> list[Value]:
    """Return a column as whole numbers, else numbers, else texts; empty is none in any of them."""
    for kind in (int, float):
        try:
            return [kind(text) if text else None for text in texts]
        except ValueError:
            continue
    return [text or None for text in texts]
