"""Panels of one world held against one another, column by column and row by row."""

from __future__ import annotations

import datetime as dt
import tempfile
import tomllib
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import duckdb

from register_shapes.delivered import (
    DIRECT,
    FORMATS,
    REFERENCE,
    UNTRAPPED,
    Asked,
    open_panels,
    trapped,
)

DIFFERING: dict[str, dict[str, Any]] = tomllib.loads(
    (Path(__file__).resolve().parent / "differing.toml").read_text(encoding="utf-8")
)
ASKED = Asked(1_500, (16, 45), (dt.date(2010, 1, 1), dt.date(2017, 12, 1)))
KEYS = ("key", "ym")


@dataclass(frozen=True)
class Compared:
    """One panel held against another.

    Attributes
    ----------
    shape
        The shape; ``person_month`` where the panel of canonical tables without traps is held
        against the world's own.
    rows, persons
        Of both panels.
    missed, foreign
        Rows of the other that the shape should have and has not, and rows that it should not have.
    columns, varied
        Columns of both, and those of them that are not one value throughout.
    lacking
        Columns of the other alone.
    explained, unexplained
        Rows that differ, by column: where ``differing.toml`` says why, and elsewhere.
    """

    shape: str
    rows: int
    persons: int
    missed: int
    foreign: int
    columns: tuple[str, ...]
    varied: int
    lacking: tuple[str, ...]
    explained: dict[str, int]
    unexplained: dict[str, int]

    @property
    def faults(self) -> tuple[str, ...]:
        """What should not be, one a line."""
        said = set(DIFFERING.get(self.shape, {}).get("lacking", ()))
        rows = {"rows missed": self.missed, "rows too many": self.foreign, **self.unexplained}
        return (
            *(f"{name}: {count}" for name, count in rows.items() if count),
            *(f"{name}: is lacking" for name in sorted(set(self.lacking) - said)),
            *(f"{name}: is there after all" for name in sorted(said - set(self.lacking))),
        )


def compare_world(name: str, seed: int, asked: Asked = ASKED) -> tuple[Compared, ...]:
    """Deliver a world in every shape and hold the panels against one another."""
    with tempfile.TemporaryDirectory() as folder, duckdb.connect() as connection:
        connection.execute("SET threads = 1")
        open_panels(connection, trapped(name), asked, seed, Path(folder))
        pairs = [(shape, REFERENCE) for shape in FORMATS if shape != REFERENCE]
        return tuple(
            _compare(connection, one, other, other if other == DIRECT else one, name)
            for one, other in (*pairs, (UNTRAPPED, DIRECT))
        )


def as_result(found: tuple[Compared, ...]) -> list[dict[str, Any]]:
    """Return plain numbers and texts."""
    return [asdict(one) for one in found]


def of_result(result: list[dict[str, Any]]) -> list[Compared]:
    """Return what such numbers and texts say."""
    listed = ("columns", "lacking")
    return [
        Compared(**{key: tuple(value) if key in listed else value for key, value in one.items()})
        for one in result
    ]


def _compare(
    connection: duckdb.DuckDBPyConnection, one: str, other: str, shape: str, world: str
) -> Compared:
    known = DIFFERING.get(shape, {})
    own, theirs = _columns(connection, one), _columns(connection, other)
    both = tuple(name for name in theirs if name in own and name not in KEYS)
    amounts = {
        name for table in (one, other) for name in _columns(connection, table, ("FLOAT", "DOUBLE"))
    }
    joined = f"FROM {one} a JOIN {other} b USING (key, ym)"
    told = known.get("columns", {}) | known.get("in_world", {}).get(world, {})
    allowed = {name: why["where"] for name, why in told.items()}
    differ = {
        name: f"{_value('a', name, amounts)} IS DISTINCT FROM {_value('b', name, amounts)}"
        for name in both
    }
    explained, unexplained = (
        _counts(
            connection,
            {
                name: f"{condition} AND {word} coalesce({allowed.get(name, 'FALSE')}, FALSE)"
                for name, condition in differ.items()
            },
            joined,
        )
        for word in ("", "NOT")
    )
    rows, persons, varied = _one(
        connection,
        "SELECT count(*), count(DISTINCT key), "
        f"{' + '.join(f'(count(DISTINCT b.{name}) > 1)::INTEGER' for name in both)} {joined}",
    )
    must = known.get("must_have", "TRUE")
    (missed,) = _one(
        connection, f"SELECT count(*) FROM {other} b ANTI JOIN {one} USING (key, ym) WHERE {must}"
    )
    more = f"SELECT count(*) FROM {one} a ANTI JOIN {other} USING (key, ym)"
    (foreign,) = (0,) if "must_have" in known else _one(connection, more)
    return Compared(
        shape, rows, persons, missed, foreign, both, varied,
        tuple(name for name in theirs if name not in own), explained, unexplained,
    )  # fmt: skip


def _columns(
    connection: duckdb.DuckDBPyConnection, table: str, types: tuple[str, ...] = ()
) -> list[str]:
    asked = connection.table(table)
    pairs = zip(asked.columns, asked.types, strict=True)
    return [name for name, kind in pairs if not types or str(kind) in types]


def _value(table: str, name: str, amounts: set[str]) -> str:
    """Return a column as it is compared: a number as one, whatever it is stored as."""
    if name not in amounts:
        return f"{table}.{name}::VARCHAR"
    return f"nullif({table}.{name}::DOUBLE, 'nan'::DOUBLE)"


def _counts(
    connection: duckdb.DuckDBPyConnection, conditions: dict[str, str], source: str
) -> dict[str, int]:
    wanted = ", ".join(f"count(*) FILTER (WHERE {one})" for one in conditions.values())
    counts = _one(connection, f"SELECT {wanted} {source}")
    return {name: count for name, count in zip(conditions, counts, strict=True) if count}


def _one(connection: duckdb.DuckDBPyConnection, query: str) -> tuple[int, ...]:
    return tuple(int(one) for one in connection.execute(query).fetchall()[0])
