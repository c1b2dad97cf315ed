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
    text = json.dumps([panel, source_digest(), _code()], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


@cache
def _code() -> str:
    """Return the digest of the code that makes cells."""
    digest = hashlib.sha256()
    folder = Path(__file__).resolve().parent
    for path in sorted(folder.rglob("*.py")):
        digest.update(f"\0{path.relative_to(folder).as_posix()}\0".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()
