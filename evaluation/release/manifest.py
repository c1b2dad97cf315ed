"""The manifest: what ran, on what, with which software."""

from __future__ import annotations

import json
from typing import Any

from evaluation.report.record import Record
from evaluation.report.seeds import seeds_of
from evaluation.report.spec_text import spec_text

SCHEMA_VERSION = 1


def manifest_of(record: Record) -> dict[str, Any]:
    """Return the manifest of a record.

    It keeps ``${NAME}`` and the hash of what stood there, never the value.
    """
    spec, software = record.spec, record.software
    return {
        "schema_version": SCHEMA_VERSION,
        "spec_id": spec.id,
        "title": spec.title,
        "spec_digest": spec.origin.digest,
        "spec": spec_text(spec),
        "inputs": dict(record.inputs),
        "seeds": seeds_of(spec),
        "code": dict(software.code),
        "lock_sha256": software.lock,
        "python": software.python,
        "packages": dict(software.packages),
        "flow": [{"step": s.step, "rows": s.rows, "units": s.units} for s in record.flow],
        "status": record.status,
        "blind": record.blind,
        "cells": record.cells,
        "seconds": dict(record.seconds),
    }


def manifest_text(manifest: dict[str, Any]) -> str:
    """Return a manifest as indented JSON."""
    return json.dumps(manifest, indent=2, ensure_ascii=False) + "\n"
