"""The reference of spec keys, made from the JSON Schema."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pages.keys import allowed, key_table

from evaluation.catalogue import catalogue
from evaluation.spec.schema import json_schema

TITLE = "Spec reference"
# Definitions that are a choice by one key: their branches stand on pages of their own.
CHOICES = {
    "Model": ("estimator", "estimators.md"),
    "CheckRequest": ("kind", "checks.md"),
    "Derived": ("op", ""),
}
HEAD = """\
A spec is a TOML file. Unknown keys are refused with the nearest known name, and every fault of a \
file is told at once with its place. `#:schema spec.schema.json` in its first line lets an editor \
complete keys offline: `activity-duty schema > spec.schema.json` writes the schema that this page \
is made from. A spec to start from: `activity-duty new did`, `staggered`, `rd` or `registers`."""


def text() -> str:
    """Return the page."""
    schema = json_schema(catalogue())
    lines = [HEAD, "", "## The file", "", *key_table(schema["else"])]
    for name, definition in sorted(schema["$defs"].items()):
        lines += ["", f"## {name}", "", *_definition(name, definition)]
    return "\n".join(lines)


def _definition(name: str, definition: Mapping[str, Any]) -> Iterator[str]:
    if description := _first(definition):
        yield description
        yield ""
    if name in CHOICES:
        yield from _choice(definition, *CHOICES[name])
    elif "properties" in definition:
        yield from key_table(definition)
    else:
        yield f"One of: {allowed(definition)}."


def _choice(definition: Mapping[str, Any], selector: str, page: str) -> Iterator[str]:
    branches = [one for one in definition["oneOf"] if "const" in _selected(one, selector)]
    shared = frozenset.intersection(*(frozenset(one["properties"]) for one in branches))
    if shared - {selector}:
        yield "Keys of all:"
        yield ""
        yield from key_table(branches[0], shared - {selector})
        yield ""
    names = [str(_selected(one, selector)["const"]) for one in branches]
    if page:
        links = ", ".join(f"[`{name}`]({page}#{name})" for name in names)
        yield f"`{selector}` is one of {links}, which have further keys of their own."
        return
    for name, branch in zip(names, branches, strict=True):
        yield f'**`{selector} = "{name}"`**'
        yield ""
        yield from key_table(branch, frozenset(branch["properties"]) - shared)
        yield ""


def _selected(branch: Mapping[str, Any], selector: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] = branch.get("properties", {}).get(selector, {})
    return found


def _first(definition: Mapping[str, Any]) -> str:
    """Return a description up to its list of attributes."""
    whole = str(definition.get("description", "")).partition("\nAttributes\n")[0]
    return " ".join(whole.split()).replace("``", "`")
