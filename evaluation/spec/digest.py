"""The digest of what a spec asks."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from typing import Any


def canonical_json(tables: Mapping[str, Any]) -> str:
    """Return tables as JSON with sorted keys and ISO dates."""
    return json.dumps(
        tables, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=_plain
    )


def spec_digest(tables: Mapping[str, Any]) -> str:
    """Return the SHA-256 of resolved tables; placeholders stay unfilled."""
    return hashlib.sha256(canonical_json(tables).encode()).hexdigest()


def _plain(value: Any) -> str:
    if isinstance(value, dt.date | dt.datetime | dt.time):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no canonical form")
