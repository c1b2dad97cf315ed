"""World files: found by name, merged with the world they extend, validated."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from data_synth.world.suggest import nearest
from evaluation.errors import SpecError

if TYPE_CHECKING:
    from data_synth.world.schema import World


@dataclass(frozen=True, slots=True)
class WorldSummary:
    """Name and title of a world."""

    name: str
    title: str


def world_names() -> tuple[str, ...]:
    """Return the names of the worlds that ship with the package; reads no file."""
    return _names()


def list_worlds() -> tuple[WorldSummary, ...]:
    """List the worlds that ship with the package, by name; one that cannot be read says so."""
    return tuple(WorldSummary(name, _title(name)) for name in _names())


def _title(name: str) -> str:
    try:
        return str(_content(name).get("title", name))
    except SpecError as error:
        return f"not readable: {error.faults[0]}"


@lru_cache(maxsize=32)
def load_world(name: str) -> World:
    """Load the world ``name``.

    Raises
    ------
    SpecError
        If no world has this name, or its file holds a fault; every fault is listed.
    """
    if name not in _names():
        raise SpecError(
            f'world "{name}": unknown; allowed: {", ".join(_names())}{nearest(name, _names())}'
        )
    return world_of(name, _content(name))


def world_of(name: str, content: Mapping[str, Any]) -> World:
    """Validate ``content``, the tables of a world file, as the world ``name``.

    A top-level ``extends = "other"`` starts from a world of the package, one level deep: tables
    merge key by key.

    Raises
    ------
    SpecError
        Listing every fault with its key path, what was found and what is allowed.
    """
    from pydantic import ValidationError

    from data_synth.world.faults import fault_lines
    from data_synth.world.schema import World

    own = dict(content)
    base_name = own.pop("extends", None)
    base = {} if base_name is None else _base(name, base_name)
    merged = {**_merge(base, own), "name": name}
    try:
        return World.model_validate(merged)
    except ValidationError as error:
        raise SpecError(*fault_lines(name, error)) from None


def _base(name: str, base_name: object) -> dict[str, Any]:
    if not isinstance(base_name, str) or base_name not in _names():
        raise SpecError(
            f'world "{name}", extends: found {base_name!r}; allowed: {", ".join(_whole())}'
            f"{nearest(str(base_name), _whole())}"
        )
    base = _content(base_name)
    if "extends" in base:
        raise SpecError(
            f'world "{name}", extends: found "{base_name}", which itself extends a world; '
            f"allowed: {', '.join(_whole())}"
        )
    return base


def _whole() -> tuple[str, ...]:
    """Return the worlds that extend none."""
    readable = []
    for name in _names():
        try:
            content = _content(name)
        except SpecError:
            continue
        if "extends" not in content:
            readable.append(name)
    return tuple(readable)


def _merge(base: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(base)
    for key, value in own.items():
        old = merged.get(key)
        both = isinstance(old, Mapping) and isinstance(value, Mapping)
        merged[key] = _merge(old, value) if both else value  # type: ignore[arg-type]
    return merged


@lru_cache(maxsize=1)
def _names() -> tuple[str, ...]:
    folder = files("data_synth") / "worlds"
    return tuple(
        sorted(p.name.removesuffix(".toml") for p in folder.iterdir() if p.name.endswith(".toml"))
    )


def _content(name: str) -> dict[str, Any]:
    written = (files("data_synth") / "worlds" / f"{name}.toml").read_bytes()
    try:
        return tomllib.loads(written.decode("utf-8"))
    except UnicodeDecodeError as error:
        line = written[: error.start].count(b"\n") + 1
        raise SpecError(
            f'world "{name}": line {line} is not UTF-8; save the file as UTF-8'
        ) from None
    except tomllib.TOMLDecodeError as error:
        raise SpecError(f'world "{name}": not valid TOML: {error}') from None
