"""The manifest: what ran, on what, with which software."""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import platform
from typing import Any

from evaluation.release.code_version import code_version
from evaluation.report.record import Record

SCHEMA_VERSION = 1
PACKAGES = (
    "activity-duty",
    "differences",
    "duckdb",
    "ibis-framework",
    "linearmodels",
    "numpy",
    "pandas",
    "pyfixest",
    "rdrobust",
    "scipy",
    "statsmodels",
)


def manifest_of(record: Record) -> dict[str, Any]:
    """Return the manifest of a record.

    It keeps ``${NAME}`` and the hash of what stood there, never the value.
    """
    spec = record.spec
    return {
        "schema_version": SCHEMA_VERSION,
        "spec_id": spec.id,
        "title": spec.title,
        "spec_digest": spec.origin.digest,
        "spec": spec_text(record),
        "inputs": dict(record.inputs),
        "seeds": _seeds(spec.model_dump()),
        "code": code_version(),
        "lock_sha256": lock_digest(),
        "python": platform.python_version(),
        "packages": {name: _version(name) for name in PACKAGES},
        "flow": [{"step": s.step, "rows": s.rows, "units": s.units} for s in record.flow],
        "status": record.status,
        "cells": record.cells,
        "seconds": dict(record.seconds),
    }


def manifest_text(manifest: dict[str, Any]) -> str:
    """Return a manifest as indented JSON."""
    return json.dumps(manifest, indent=2, ensure_ascii=False) + "\n"


def spec_text(record: Record) -> str:
    """Return the resolved spec as TOML, placeholders unfilled."""
    import tomlkit

    return tomlkit.dumps(_plain(record.spec.origin.raw))


def _plain(value: Any) -> Any:
    """Return tables and arrays as the writer of TOML wants them."""
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value


def lock_digest() -> str | None:
    """Return the SHA-256 of the lock file, where one is shipped or checked out."""
    from evaluation.spec.shipped import shipped

    path = shipped("requirements.lock")
    return hashlib.sha256(path.read_bytes()).hexdigest() if path is not None else None


def _version(name: str) -> str | None:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None


def _seeds(value: Any, path: str = "") -> dict[str, int]:
    """Return every seed of a spec by its key path."""
    found: dict[str, int] = {}
    items: list[tuple[Any, Any]] = []
    if isinstance(value, dict):
        items = list(value.items())
    elif isinstance(value, tuple | list):
        items = list(enumerate(value, start=1))
    for key, item in items:
        where = f"{path}.{key}".removeprefix(".")
        if key == "seed" and isinstance(item, int):
            found[where] = item
        found.update(_seeds(item, where))
    return found
