"""Pre-registration: what a spec asked on a day, and which of its models still ask it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from evaluation.spec.digest import spec_digest
from evaluation.spec.spec import Spec

SCHEMA_VERSION = 1
# What changes how numbers are shown or what leaves, never what they are.
SHOWN = frozenset({"title", "lang", "rounding", "tables", "disclosure", "extends"})
APART = frozenset({*SHOWN, "models"})


@dataclass(frozen=True)
class Lock:
    """What was frozen.

    Attributes
    ----------
    spec_id, date, digest
        Whose, when, and the digest of the whole spec.
    common
        Digest of everything that all models share.
    models
        Digest by model.
    """

    spec_id: str
    date: dt.date
    digest: str
    common: str
    models: Mapping[str, str]


@dataclass(frozen=True)
class Registration:
    """How a run stands to what was frozen.

    Attributes
    ----------
    date
        Day of the lock.
    exploratory
        Models that were not frozen as they are now, each with the reason.
    """

    date: dt.date
    exploratory: Mapping[str, str] = field(default_factory=dict)


def lock_of(spec: Spec, date: dt.date) -> Lock:
    """Return the lock of a spec."""
    tables = spec.origin.raw
    models = {str(one["id"]): spec_digest(one) for one in tables.get("models", ())}
    return Lock(spec.id, date, spec.origin.digest, _common(tables), models)


def registration_of(spec: Spec, lock: Lock) -> Registration:
    """Return which models of a spec differ from those that were frozen.

    What is shared by all models – panel, sample, outcomes, design, checks, bounds – counts for
    each; title, language, rounding, tables and the disclosure policy for none.
    """
    now = lock_of(spec, lock.date)
    if now.common != lock.common:
        changed = "the spec has changed since"
        return Registration(lock.date, dict.fromkeys(now.models, changed))
    return Registration(
        lock.date,
        {
            name: "the model has changed since" if name in lock.models else "the model is new"
            for name, digest in now.models.items()
            if lock.models.get(name) != digest
        },
    )


def _common(tables: Mapping[str, Any]) -> str:
    return spec_digest({key: value for key, value in tables.items() if key not in APART})
