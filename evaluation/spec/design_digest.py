"""The digest of what an estimate depends on, whatever panel it is drawn from."""

from __future__ import annotations

import hashlib

from evaluation.spec.digest import canonical_json
from evaluation.spec.spec import Spec

PANEL = ("unit", "time", "time_unit", "period", "window", "weight")
PARTS = (
    "joins",
    "derive",
    "sample",
    "outcomes",
    "design",
    "smallest_effect_of_interest",
)


def design_digest(spec: Spec) -> str:
    """Return sixteen digits of a SHA-256 over all but panel, words, threats, checks and layout.

    Two specs that differ in their world, persons, seed or words alone have the same one.
    """
    tables = {part: _dumped(getattr(spec, part)) for part in PARTS}
    tables["models"] = [
        {**model.model_dump(mode="json"), "options": model.options.model_dump(mode="json")}
        for model in spec.models
    ]
    tables["derive"] = {
        name: {**one.model_dump(mode="json"), "options": one.options.model_dump(mode="json")}
        for name, one in spec.derive.items()
    }
    tables["outcomes"] = {
        name: one.model_dump(mode="json", exclude={"label"}) for name, one in spec.outcomes.items()
    }
    tables["panel"] = {name: _dumped(getattr(spec.panel, name)) for name in PANEL}
    return hashlib.sha256(canonical_json(tables).encode()).hexdigest()[:16]


def _dumped(value: object) -> object:
    """Return tables as plain values."""
    dump = getattr(value, "model_dump", None)
    if dump is not None:
        return dump(mode="json")
    if isinstance(value, dict):
        return {name: _dumped(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_dumped(one) for one in value]
    return value
