"""Faults in a spec as lines a user can act on: where, what was found, what is allowed."""

from __future__ import annotations

import datetime as dt
import difflib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pydantic import BaseModel, ValidationError

Path = tuple[str | int, ...]

# Pydantic's wording for a type, in the words of a TOML author.
WORDS = {
    "string_type": "a string",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "bool_type": "true or false",
    "date_type": "a date such as 2017-01-01",
    "is_instance_of": "a table",
    "tuple_type": "an array",
    "dict_type": "a table",
    "model_type": "a table",
    "model_attributes_type": "a table",
    "dataclass_type": "a table",
}


def nearest(name: str, allowed: Iterable[str]) -> str:
    """Return ``; did you mean ...?`` where a name is close to an allowed one, else nothing."""
    found = difflib.get_close_matches(name, list(allowed), n=3, cutoff=0.6)
    return f"; did you mean {' or '.join(found)}?" if found else ""


def key_path(path: Path, raw: Any) -> str:
    """Return a path as a user reads it: array entries by their id, never a union tag."""
    words: list[str] = []
    here = raw
    for part in path:
        if isinstance(part, int) and isinstance(here, Sequence) and not isinstance(here, str):
            here = here[part] if part < len(here) else None
            label = here.get("id") if isinstance(here, Mapping) else None
            words.append(label if isinstance(label, str) else str(part + 1))
        elif isinstance(here, Mapping):
            words.append(str(part))
            here = here.get(part)
        else:
            words.append(str(part))
    return ".".join(words)


def _without_tags(loc: Path, raw: Any) -> Path:
    """Drop the parts of a location that name a branch of a union, not a key of the file."""
    kept: list[str | int] = []
    here = raw
    for position, part in enumerate(loc):
        if isinstance(here, Mapping) and (part in here or position == len(loc) - 1):
            if part in here or not _is_tag(part):
                kept.append(part)
            here = here.get(part, here)
        elif isinstance(here, tuple | list) and isinstance(part, int) and part < len(here):
            kept.append(part)
            here = here[part]
    return tuple(kept)


def _is_tag(part: str | int) -> bool:
    return isinstance(part, int) or "[" in part or part in TAGS or part[:1].isupper()


TAGS = {"bool", "int", "float", "str", "date", "constrained-str", "tuple", "datetime"}


def _value(raw: Any, path: Path) -> Any:
    for part in path:
        raw = raw[part]
    return raw


def _found(value: Any) -> str:
    text = repr(value) if isinstance(value, str | int | float | bool) else type(value).__name__
    if isinstance(value, dt.date | dt.time):
        text = str(value)
    text = {"tuple": "an array", "dict": "a table"}.get(text, text)
    return _cut(text)


def _cut(text: str) -> str:
    return text if len(text) <= 60 else text[:57] + "..."


def lines_of(
    error: ValidationError, raw: Any, model: type[BaseModel], prefix: str = ""
) -> list[str]:
    """Return one line for every key at fault, in the order of the file.

    Parameters
    ----------
    error
        What validation found.
    raw
        The tables as read, before validation.
    model
        The table validated, for did-you-mean among its keys.
    prefix
        The key path of ``raw`` itself.
    """
    grouped: dict[Path, list[Any]] = {}
    for fault in error.errors(include_url=False):
        grouped.setdefault(_without_tags(fault["loc"], raw), []).append(fault)
    specific = [path for path in grouped if not _has_deeper(path, grouped)]
    lines = []
    for path in specific:
        where = ".".join(part for part in (prefix, key_path(path, raw)) if part)
        lines.append(_line(where, path, grouped[path], raw, model))
    return lines


def _has_deeper(path: Path, grouped: Mapping[Path, Any]) -> bool:
    """Whether a failed union also failed further in, where the line is more useful."""
    return any(len(other) > len(path) and other[: len(path)] == path for other in grouped)


def _line(where: str, path: Path, faults: list[Any], raw: Any, model: type[BaseModel]) -> str:
    kinds = {fault["type"]: fault for fault in faults}
    if "extra_forbidden" in kinds:
        allowed = _keys_at(model, path[:-1], raw)
        return f"{where}: unknown key{nearest(str(path[-1]), allowed)}" + (
            f" (allowed here: {', '.join(allowed)})" if allowed else ""
        )
    if "missing" in kinds:
        return f"{where}: is missing; it must be given"
    discriminator = kinds.get("union_tag_invalid") or kinds.get("union_tag_not_found")
    if discriminator is not None:
        return _wrong_tag(where, discriminator, _value(raw, path))
    if any("[key]" in fault["loc"] for fault in faults):
        found = f"the name {_found(path[-1])}"
    else:
        found = _found(_value(raw, path))
    if "value_error" in kinds and isinstance(_value(raw, path), Mapping):
        return f"{where}: {_allowed(kinds['value_error'])}"
    if "value_error" in kinds and isinstance(_value(raw, path), tuple | list):
        found = _cut(f"[{', '.join(_found(one) for one in _value(raw, path))}]")
    allowed_words = list(dict.fromkeys(_allowed(fault) for fault in faults))
    close = ""
    literal = kinds.get("literal_error")
    if literal is not None and isinstance(_value(raw, path), str):
        close = nearest(_value(raw, path), _choices(literal))
    return f"{where}: found {found}; allowed: {' or '.join(allowed_words)}{close}"


def _wrong_tag(where: str, fault: Any, table: Any) -> str:
    """Return the line of a table whose ``kind`` or ``source`` is missing or unknown."""
    if not isinstance(table, Mapping):
        return f"{where}: found {_found(table)}; allowed: a table"
    key = fault["ctx"]["discriminator"].strip("'")
    if key not in table:
        return f"{where}.{key}: is missing; it must be given"
    choices = _choices(fault)
    close = nearest(str(table[key]), choices)
    return f"{where}.{key}: found {_found(table[key])}; allowed: {', '.join(choices)}{close}"


def _choices(fault: Any) -> list[str]:
    text = fault["ctx"].get("expected", fault["ctx"].get("expected_tags", ""))
    return [word.strip(" '\"") for word in text.replace(" or ", ", ").split(",")]


def _allowed(fault: Any) -> str:
    kind, context = fault["type"], fault.get("ctx", {})
    if kind in WORDS:
        return WORDS[kind]
    if kind == "literal_error":
        return ", ".join(_choices(fault))
    if kind == "string_pattern_mismatch":
        return f"text that matches {context['pattern']}"
    if kind == "string_too_long":
        return f"at most {context['max_length']} characters"
    if kind == "string_too_short":
        return f"at least {context['min_length']} characters"
    if kind == "too_short":
        return f"at least {context['min_length']} entries"
    if kind == "too_long":
        return f"at most {context['max_length']} entries"
    if kind == "value_error":
        return str(context["error"])
    return str(fault["msg"]).removeprefix("Input should be ")


def _keys_at(model: type[BaseModel], path: Path, raw: Any) -> list[str]:
    """Return the keys allowed at a path, as far as the types tell."""
    from evaluation.spec.walk import tables_at

    keys: dict[str, None] = {}
    for table in tables_at(model, path, raw):
        keys.update(dict.fromkeys(n for n, f in table.model_fields.items() if not f.exclude))
    return list(keys)
