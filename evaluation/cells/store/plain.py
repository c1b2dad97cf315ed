"""Plans as plain tables, and back: what ``cells.json`` holds of them."""

from __future__ import annotations

import datetime as dt
import types
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from evaluation.spec.filters import Filter

DATE = "date"


def to_plain(value: Any) -> Any:
    """Return a dataclass, filter or container as what JSON can hold.

    A date becomes a table with one key, so that it never turns into text.
    """
    if isinstance(value, Filter):
        conditions = {name: to_plain(one) for name, one in value.conditions.items()}
        return {"column": value.column, **conditions}
    if is_dataclass(value) and not isinstance(value, type):
        return {one.name: to_plain(getattr(value, one.name)) for one in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): to_plain(one) for key, one in value.items()}
    if isinstance(value, tuple | list):
        return [to_plain(one) for one in value]
    if isinstance(value, dt.date):
        return {DATE: value.isoformat()}
    return value


def from_plain(kind: Any, value: Any) -> Any:
    """Return what :func:`to_plain` made of a value of type ``kind``.

    Raises
    ------
    ValueError, TypeError, KeyError
        Where the tables do not describe such a value.
    """
    origin = get_origin(kind)
    if origin in (Union, types.UnionType):
        if value is None:
            return None
        return from_plain(next(one for one in get_args(kind) if one is not type(None)), value)
    if origin is Literal:
        if value not in get_args(kind):
            raise ValueError("not one of the words allowed")
        return value
    if origin is tuple:
        inner = get_args(kind)
        if len(inner) == 2 and inner[1] is Ellipsis:
            return tuple(from_plain(inner[0], one) for one in value)
        return tuple(from_plain(one, item) for one, item in zip(inner, value, strict=True))
    if origin is not None and issubclass(origin, Mapping):
        return {key: from_plain(get_args(kind)[1], one) for key, one in value.items()}
    if isinstance(kind, type) and issubclass(kind, Filter):
        return _filter(value)
    if is_dataclass(kind):
        hints = get_type_hints(kind)
        known = {one.name for one in fields(kind)}
        if not isinstance(value, Mapping) or not known.issuperset(value):
            raise ValueError("keys that are not known")
        build: Any = kind
        return build(**{key: from_plain(hints[key], one) for key, one in value.items()})
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise TypeError("a value of another type")
    return value


def _filter(value: Mapping[str, Any]) -> Filter:
    return Filter.model_validate({key: _scalar(one) for key, one in value.items()})


def _scalar(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(_scalar(one) for one in value)
    if isinstance(value, Mapping):
        return dt.date.fromisoformat(value[DATE])
    return value
