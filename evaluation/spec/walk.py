"""Walk the types of a spec: which tables stand at a path, which values carry a mark."""

from __future__ import annotations

import types
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel


def _branches(annotation: Any) -> Iterator[Any]:
    """Yield the branches of a union, an annotation's inner type, or the type itself."""
    origin = get_origin(annotation)
    if origin in (Union, types.UnionType):
        for branch in get_args(annotation):
            yield from _branches(branch)
    elif hasattr(annotation, "__metadata__"):
        yield from _branches(get_args(annotation)[0])
    else:
        yield annotation


def _step(annotation: Any, part: str | int, raw: Any) -> Iterator[Any]:
    for branch in _branches(annotation):
        origin = get_origin(branch)
        if isinstance(branch, type) and issubclass(branch, BaseModel):
            if part in branch.model_fields and _fits(branch, raw):
                yield branch.model_fields[str(part)].annotation
        elif (origin is tuple and isinstance(part, int)) or origin is dict:
            yield get_args(branch)[-1 if origin is dict else 0]


def _fits(table: type[BaseModel], raw: Any) -> bool:
    """Whether a table is the branch that the file's own ``source`` or ``kind`` names."""
    if not isinstance(raw, Mapping):
        return True
    for tag in ("source", "kind"):
        field = table.model_fields.get(tag)
        choices = get_args(field.annotation) if field else ()
        if choices and tag in raw and raw[tag] not in choices:
            return False
    return True


def tables_at(
    model: type[BaseModel], path: tuple[str | int, ...], raw: Any
) -> list[type[BaseModel]]:
    """Return the tables that may stand at ``path`` of a file validated by ``model``."""
    reached: list[Any] = [model]
    for part in path:
        reached = [step for one in reached for step in _step(one, part, raw)]
        raw = _inside(raw, part)
    return [
        branch
        for one in reached
        for branch in _branches(one)
        if isinstance(branch, type) and issubclass(branch, BaseModel) and _fits(branch, raw)
    ]


def _inside(raw: Any, part: str | int) -> Any:
    if isinstance(raw, Mapping):
        return raw.get(part)
    if isinstance(raw, list | tuple) and isinstance(part, int) and part < len(raw):
        return raw[part]
    return None


def marked_values(table: BaseModel, mark: type) -> Iterator[tuple[str, str]]:
    """Yield ``(key path, value)`` for every text in ``table`` whose type carries ``mark``."""
    for name, field in type(table).model_fields.items():
        if field.exclude:
            continue
        carried = _carried(type(table), name, mark)
        yield from _marked(getattr(table, name), *carried, mark, name)


@cache
def _carried(table: type[BaseModel], name: str, mark: type) -> tuple[bool, bool]:
    """Whether a text that is a field carries the mark, and whether one inside the field does."""
    field = table.model_fields[name]
    inside = _carries(field.annotation, mark)
    return inside or any(isinstance(item, mark) for item in field.metadata), inside


def _marked(
    value: Any, carries: bool, carries_inside: bool, mark: type, path: str
) -> Iterator[tuple[str, str]]:
    if isinstance(value, BaseModel):
        for inner, text in marked_values(value, mark):
            yield f"{path}.{inner}", text
    elif isinstance(value, str):
        if carries:
            yield path, value
    elif isinstance(value, tuple):
        for position, item in enumerate(value):
            label = getattr(item, "id", None) or str(position + 1)
            yield from _marked(item, carries_inside, carries_inside, mark, f"{path}.{label}")
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from _marked(item, carries_inside, carries_inside, mark, f"{path}.{key}")


def _carries(annotation: Any, mark: type) -> bool:
    """Whether a text inside this annotation carries the mark."""
    if any(isinstance(item, mark) for item in getattr(annotation, "__metadata__", ())):
        return True
    return any(_carries(inner, mark) for inner in get_args(annotation))


Kind = TypeVar("Kind", bound=BaseModel)


def marked_tables(table: BaseModel, kind: type[Kind], path: str = "") -> Iterator[tuple[str, Kind]]:
    """Yield ``(key path, table)`` for every table of one kind inside ``table``."""
    for name, value in table:
        for label, item in _items(value):
            if isinstance(item, BaseModel):
                where = ".".join(part for part in (path, name, label) if part)
                if isinstance(item, kind):
                    yield where, item
                yield from marked_tables(item, kind, where)


def _items(value: object) -> Iterator[tuple[str, object]]:
    if isinstance(value, tuple):
        for position, item in enumerate(value):
            yield str(getattr(item, "id", None) or position + 1), item
    elif isinstance(value, Mapping):
        yield from value.items()
    else:
        yield "", value
