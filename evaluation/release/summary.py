"""``result.json``: what another program reads after a run."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from evaluation.report.record import Record

SCHEMA_VERSION = 1


def summary_of(record: Record, folder: Path) -> dict[str, Any]:
    """Return status by model and check, with the path and digest of every file written.

    Parameters
    ----------
    record
        The run.
    folder
        Where its files stand; paths are relative to it.
    """
    models: dict[str, dict[str, str]] = {}
    for row in record.estimates:
        models.setdefault(row.model_id, {})[row.outcome] = row.status
    checks = [
        {
            "check": row.check,
            "model": row.model_id,
            "outcome": row.outcome,
            "term": row.term,
            "verdict": row.verdict,
        }
        for row in record.checks
    ]
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {
        "schema_version": SCHEMA_VERSION,
        "spec_id": record.spec.id,
        "spec_digest": record.spec.origin.digest,
        "status": record.status,
        "blind": record.blind,
        "cells": record.cells,
        "models": models,
        "checks": checks,
        "files": {
            path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in files
        },
    }
