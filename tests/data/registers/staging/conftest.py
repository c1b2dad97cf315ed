"""One table of text, staged, as a function."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pytest

from evaluation.data.registers.contract import Staged
from evaluation.data.registers.mapping import Delivery
from evaluation.data.registers.staging import stage
from evaluation.data.registers.tables.registry import TABLES

Stage = Callable[..., "Result"]


@dataclass(frozen=True)
class Result:
    """Staged tables, and how to look at them."""

    staged: Staged

    def rows(self, table: str, columns: str = "*") -> list[tuple[Any, ...]]:
        path = Path(self.staged.folder) / f"{table}.parquet"
        with duckdb.connect() as connection:
            return connection.execute(
                f"SELECT {columns} FROM read_parquet(?)", [str(path)]
            ).fetchall()

    def touched(self, rule: str) -> tuple[int | None, int] | None:
        found = [(one.persons, one.rows) for one in self.staged.touched if one.rule == rule]
        return found[0] if found else None


@pytest.fixture
def staging(tmp_path: Path) -> Stage:
    """Return a function that writes parts of tables and stages them.

    Tables are given by name: bytes or text of a part, a list of parts, or paths.
    """
    count = 0

    def run(
        reading: dict[str, Any] | None = None,
        last: dt.date = dt.date(2018, 12, 1),
        say: dict[str, dict[str, Any]] | None = None,
        **tables: Any,
    ) -> Result:
        nonlocal count
        mappings: dict[str, Any] = {}
        files: dict[str, tuple[Path, ...]] = {}
        for entry, parts in tables.items():
            paths = []
            for part in parts if isinstance(parts, list) else [parts]:
                if isinstance(part, Path):
                    paths.append(part)
                    continue
                count += 1
                path = tmp_path / f"{entry}{count:03d}.csv"
                path.write_bytes(part if isinstance(part, bytes) else part.encode())
                paths.append(path)
            files[entry] = tuple(paths)
            spells = TABLES[entry].spell is not None
            ends = {"open_end": "ongoing"} if spells else {}
            mappings[entry] = {"file": "x", **ends, **(say or {}).get(entry, {})}
        delivery = Delivery.model_validate(
            {
                "schema_version": 1,
                "shape": "tables",
                "first": dt.date(2010, 1, 1),
                "last": last,
                "tables": mappings,
                "reading": reading or {},
            }
        )
        return Result(stage(delivery, files, tmp_path / "cache"))

    return run
