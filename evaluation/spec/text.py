"""TOML text to tables, with every way in which the text can be off as one reason."""

from __future__ import annotations

import tomllib
from typing import Any

DEEPEST = 40
LARGEST = 2**63
# Ends a name early for systems and query engines, so that it would be another one.
NULL = "\0"


def tables_of(text: str) -> dict[str, Any]:
    """Return the tables of a TOML text.

    Raises
    ------
    ValueError
        Where the text is not TOML, nests deeper than any spec does, or holds a whole number
        beyond the 64 bits that TOML grants or a null character; its message is the reason.
    """
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        raise
    except RecursionError:
        raise ValueError(_too_deep()) from None
    except ValueError:
        # Python refuses to convert thousands of digits before the parser can.
        raise ValueError(_too_large()) from None
    _refuse_extremes(tables)
    return tables


def _refuse_extremes(tables: dict[str, Any]) -> None:
    level: list[Any] = [tables]
    for _ in range(DEEPEST):
        inside: list[Any] = []
        for value in level:
            if isinstance(value, dict | list):
                inside.extend(value.values() if isinstance(value, dict) else value)
                inside.extend(value if isinstance(value, dict) else ())
            elif isinstance(value, str) and NULL in value:
                raise ValueError(_null())
            elif isinstance(value, int) and not -LARGEST <= value < LARGEST:
                raise ValueError(_too_large())
        level = inside
    if level:
        raise ValueError(_too_deep())


def _too_deep() -> str:
    return f"arrays and tables nest deeper than {DEEPEST} levels"


def _too_large() -> str:
    return "a whole number is larger than 64 bits"


def _null() -> str:
    return "a text holds a null character (\\u0000); take it out"
