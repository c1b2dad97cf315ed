"""Find the formats of tables: every module in this folder that is not part of the frame."""

from __future__ import annotations

import importlib
import pkgutil
from typing import Protocol

from evaluation.report.language import Language
from evaluation.report.tabular import Table

FRAME = frozenset({"registry"})


class Writer(Protocol):
    """The contract of one file in this folder: a module with this verb, named as its files end."""

    @staticmethod
    def write(table: Table, words: Language) -> str | bytes:
        """Return the file of a table: the same bytes for the same table."""
        ...


def formats() -> tuple[str, ...]:
    """Return the endings of the files that tables can be written to, sorted."""
    folder = importlib.import_module("evaluation.report.writers").__path__
    names = (module.name for module in pkgutil.iter_modules(folder))
    return tuple(sorted(n for n in names if n not in FRAME and not n.startswith("_")))


def table_bytes(table: Table, words: Language, to: str) -> bytes:
    """Return the file of a table in the format ``to``, one of ``formats()``."""
    writer: Writer = importlib.import_module(f"evaluation.report.writers.{to}")  # type: ignore[assignment]
    made = writer.write(table, words)
    return made.encode("utf-8") if isinstance(made, str) else made
