"""The file of a lock, beside its spec."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

from evaluation.errors import SpecError
from evaluation.spec.lock import SCHEMA_VERSION, Lock

SUFFIX = ".lock.json"


def lock_path(spec: Path) -> Path:
    """Return where the lock of a spec file stands."""
    return spec.with_name(f"{spec.stem}{SUFFIX}")


def lock_text(lock: Lock) -> str:
    """Return a lock as JSON."""
    tables = {
        "schema_version": SCHEMA_VERSION,
        "spec_id": lock.spec_id,
        "date": lock.date.isoformat(),
        "spec_digest": lock.digest,
        "common": lock.common,
        "models": dict(lock.models),
    }
    return json.dumps(tables, indent=2, ensure_ascii=False) + "\n"


def read_lock(path: Path) -> Lock | None:
    """Return the lock in a file, ``None`` where there is no such file.

    Raises
    ------
    SpecError
        Where the file is not a lock.
    """
    try:
        tables: Any = json.loads(path.read_text(encoding="utf-8"))
        if tables["schema_version"] != SCHEMA_VERSION:
            raise SpecError(f"{path}: is a lock of another version; freeze the spec again")
        return Lock(
            str(tables["spec_id"]),
            dt.date.fromisoformat(tables["date"]),
            str(tables["spec_digest"]),
            str(tables["common"]),
            {str(name): str(digest) for name, digest in tables["models"].items()},
        )
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise SpecError(f"{path}: cannot be read ({error.strerror})") from None
    except (ValueError, KeyError, TypeError, AttributeError):
        raise SpecError(
            f"{path}: is not a lock; restore it, or remove it and freeze the spec again"
        ) from None
