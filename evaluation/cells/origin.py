"""Where the rows of a spec come from, as cells need to know it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from evaluation.cells.relation import Relation
from evaluation.data.source_digest import source_digest
from evaluation.spec.dates import dated_columns
from evaluation.spec.spec import Spec

# What a panel's table says that no row depends on: the sample's own steps, and names of columns.
NOT_READING = frozenset({"window", "unit", "time", "time_unit", "period", "weight", "path", "url"})


@dataclass(frozen=True)
class Rows:
    """Rows within reach.

    Attributes
    ----------
    inputs
        Digest of every input by a printable name, taken when it is asked for.
    relation
        Opens the rows for a query engine.
    """

    inputs: Callable[[], Mapping[str, str]]
    relation: Callable[[], Relation]


def reading_digest(spec: Spec) -> str:
    """Return the digest of how a spec's rows are read, and of the code that reads and sums them.

    The names of inputs and their content have digests of their own. A synthetic panel is read
    inside its window, and no wider window holds other rows: persons do not depend on it.
    """
    panel = {
        key: value
        for key, value in spec.panel.model_dump(mode="json").items()
        if key not in NOT_READING
    }
    if dated_columns(spec):
        panel |= {"dated": [spec.panel.unit, spec.panel.time, spec.panel.time_unit]}
    text = json.dumps([panel, source_digest(), _code()], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest() + derived_mark(spec)


def derived_mark(spec: Spec) -> str:
    """Return a mark of how a spec derives and joins columns, empty where it does neither.

    What a column is derived from may hang on who a unit is and how time is counted.
    """
    if not spec.derive and not spec.joins:
        return ""
    derived = {name: one.model_dump(mode="json") for name, one in spec.derive.items()}
    panel = spec.panel
    parts = [derived, panel.unit, panel.time, panel.time_unit]
    # Where a file lies changes nothing: its content has a digest of its own.
    joins = [one.model_dump(mode="json", exclude={"path", "correspondence"}) for one in spec.joins]
    text = json.dumps([*parts, *([joins] if joins else [])], sort_keys=True)
    return f".{hashlib.sha256(text.encode()).hexdigest()[:16]}"


@cache
def _code() -> str:
    """Return the digest of the code that makes cells."""
    digest = hashlib.sha256()
    folder = Path(__file__).resolve().parent
    for path in sorted(folder.rglob("*.py")):
        digest.update(f"\0{path.relative_to(folder).as_posix()}\0".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()
