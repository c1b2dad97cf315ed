"""What one estimator's or check's own file adds to a table of the spec."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from pages.keys import key_table

from evaluation.catalogue import catalogue
from evaluation.spec.schema import json_schema

# The page on which tables of the spec stand.
SPEC = "spec.md"


def own_keys(definition: str, selector: str, name: str) -> list[str]:
    """Return the table of keys that this choice has beyond those of all; a line where none."""
    branches = {
        one["properties"][selector]["const"]: one
        for one in _schema()["$defs"][definition]["oneOf"]
        if "const" in one.get("properties", {}).get(selector, {})
    }
    shared = frozenset.intersection(*(frozenset(one["properties"]) for one in branches.values()))
    branch = branches[name]
    keys = frozenset(branch["properties"]) - shared
    return key_table(branch, keys, SPEC) if keys else ["No keys of its own."]


def prose(documentation: str | None) -> str:
    """Return a docstring as one paragraph of Markdown."""
    return " ".join((documentation or "").split()).replace("``", "`")


@cache
def _schema() -> Mapping[str, Any]:
    return json_schema(catalogue())
