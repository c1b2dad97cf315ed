"""Overrides from the command line: ``--set panel.persons=1000``, ``--set DATA=folder``."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from evaluation.errors import SpecError
from evaluation.spec.faults import nearest
from evaluation.spec.text import tables_of

PLACEHOLDER_NAME = re.compile(r"^[A-Z][A-Z0-9_]*$")

# Setting a key of one side removes the keys of the other, table by table.
Side = frozenset[str]
ALTERNATIVES: dict[str, tuple[tuple[Side, Side], ...]] = {
    "bandwidth": ((frozenset({"rule"}), frozenset({"fixed", "bias"})),),
    "design": (
        (frozenset({"reform_date"}), frozenset({"post"})),
        (frozenset({"exposure"}), frozenset({"donut"})),
    ),
    "smallest_effect_of_interest": ((frozenset({"value"}), frozenset({"low", "high"})),),
}


@dataclass(frozen=True)
class Settings:
    """Placeholders by name and overrides by key path."""

    values: dict[str, str]
    overrides: tuple[tuple[tuple[str, ...], Any], ...]


def parse_settings(texts: Iterable[str]) -> Settings:
    """Read ``NAME=text`` and ``key.path=TOML value`` settings.

    Raises
    ------
    SpecError
        Where a setting has no ``=`` or its value is not TOML.
    """
    values: dict[str, str] = {}
    overrides: list[tuple[tuple[str, ...], Any]] = []
    faults: list[str] = []
    for text in texts:
        key, equals, value = text.partition("=")
        key = key.strip()
        path = tuple(key.split("."))
        if not equals or not all(path):
            faults.append(f"--set {text}: allowed: KEY.PATH=VALUE or NAME=FOLDER")
        elif PLACEHOLDER_NAME.match(key):
            values[key] = value
        else:
            try:
                overrides.append((path, _one_value(value)))
            except ValueError:
                faults.append(
                    f"--set {key}: the value is not TOML; text needs quotes, as in "
                    f"--set '{key}=\"text\"'"
                )
    if faults:
        raise SpecError(*faults)
    return Settings(values, tuple(overrides))


def _one_value(text: str) -> Any:
    tables = tables_of(f"value = {text}")
    if len(tables) > 1:
        raise ValueError("more than one value")
    return tables["value"]


def read_settings(given: Iterable[str] | Mapping[str, Any]) -> Settings:
    """Return settings from texts of the command line, or from a mapping of values."""
    if not isinstance(given, Mapping):
        return parse_settings(given)
    values = {key: str(value) for key, value in given.items() if PLACEHOLDER_NAME.match(key)}
    overrides = tuple(
        (tuple(key.split(".")), _listed(value)) for key, value in given.items() if key not in values
    )
    return Settings(values, overrides)


def _listed(value: Any) -> Any:
    """Return tuples as the arrays that TOML would have given."""
    if isinstance(value, tuple | list):
        return [_listed(item) for item in value]
    return value


def apply_overrides(tables: dict[str, Any], settings: Settings) -> dict[str, Any]:
    """Return ``tables`` with every override in its place.

    Raises
    ------
    SpecError
        Where a path names an array entry that does not exist, or passes through a value.
    """
    result = copy.deepcopy(tables)
    faults: list[str] = []
    for path, value in settings.overrides:
        fault = _set(result, path, value)
        if fault:
            faults.append(fault)
    if faults:
        raise SpecError(*faults)
    return result


def _set(tables: dict[str, Any], path: tuple[str, ...], value: Any) -> str | None:
    here: Any = tables
    table_name = ""
    for position, part in enumerate(path[:-1]):
        where = ".".join(path[: position + 1])
        if isinstance(here, dict):
            here = here.setdefault(part, {})
            table_name = part
        elif isinstance(here, list):
            labels = [_label(entry, at) for at, entry in enumerate(here)]
            if part not in labels:
                known = ", ".join(labels) or "none"
                return f"--set {where}: no such entry{nearest(part, labels)} (there are: {known})"
            here = here[labels.index(part)]
        else:
            return f"--set {where}: is a value, not a table"
    if isinstance(here, list):
        return f"--set {'.'.join(path)}: names an entry of an array; name a key inside it"
    if not isinstance(here, dict):
        return f"--set {'.'.join(path[:-1])}: is a value, not a table"
    for pair in ALTERNATIVES.get(table_name, ()):
        for side, other_side in (pair, pair[::-1]):
            if path[-1] in side:
                for key in other_side:
                    here.pop(key, None)
    here[path[-1]] = value
    return None


def _label(entry: Any, position: int) -> str:
    """Return the name of an array entry: its id, kind, outcome or name, else its place."""
    if isinstance(entry, dict):
        for key in ("id", "kind", "outcome", "name"):
            if isinstance(entry.get(key), str):
                return str(entry[key])
    return str(position + 1)
