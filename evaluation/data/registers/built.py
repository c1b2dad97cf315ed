"""A panel built of registers, and what its folder says of it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from evaluation.data.registers.contract import Touched

NAME = "panel.json"
SCHEMA_VERSION = 1


@dataclass(frozen=True, slots=True)
class Built:
    """A panel as parquet files, by person and month.

    Attributes
    ----------
    folder
        Where it lies.
    parts
        Bytes of each of its files, by name, in the order of their rows.
    columns
        What each column holds, in order.
    carried
        Columns that the delivery carries, these among them.
    rows, persons
        Person-months, and persons with at least one.
    statuses
        Person-months of the months and ages asked for, by observation: ``in`` are the rows, the
        others have none. Empty where the delivery does not tell.
    tables
        Rows by canonical table.
    touched
        What rules did to the tables.
    made_of
        Digests of what the panel depends on, by a name that is safe to print.
    remarks
        What a reader must know of its columns.
    """

    folder: Path
    parts: Mapping[str, int]
    columns: Mapping[str, str]
    carried: tuple[str, ...]
    rows: int
    persons: int
    statuses: Mapping[str, int]
    tables: Mapping[str, int]
    touched: tuple[Touched, ...]
    made_of: Mapping[str, str]
    remarks: tuple[str, ...] = ()

    @property
    def files(self) -> tuple[Path, ...]:
        """Its files."""
        return tuple(self.folder / name for name in self.parts)


def write_built(built: Built) -> None:
    """Write what a panel is beside its files: with it the folder is whole."""
    content: dict[str, Any] = {
        "schema_version": SCHEMA_VERSION,
        "parts": dict(built.parts),
        "columns": dict(built.columns),
        "carried": built.carried,
        "rows": built.rows,
        "persons": built.persons,
        "statuses": dict(built.statuses),
        "tables": dict(built.tables),
        "touched": [asdict(one) for one in built.touched],
        "made_of": dict(built.made_of),
        "remarks": built.remarks,
    }
    text = json.dumps(content, indent=1, ensure_ascii=False) + "\n"
    (built.folder / NAME).write_text(text, encoding="utf-8", newline="\n")


def read_built(folder: Path) -> Built | None:
    """Return the panel of a folder; ``None`` where there is none that is whole."""
    try:
        content = json.loads((folder / NAME).read_text(encoding="utf-8"))
        if content.pop("schema_version") != SCHEMA_VERSION:
            return None
        touched = tuple(Touched(**one) for one in content.pop("touched"))
        lists: dict[str, Any] = {name: tuple(content.pop(name)) for name in ("carried", "remarks")}
        built = Built(folder=folder, touched=touched, **{**content, **lists})
        whole = all((folder / name).stat().st_size == size for name, size in built.parts.items())
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
    return built if whole else None
