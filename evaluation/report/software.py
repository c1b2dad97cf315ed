"""With which software a record was made: it stands in the manifest and on the page."""

from __future__ import annotations

import hashlib
import importlib.metadata
import platform
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache

from evaluation.report.code_version import code_version
from evaluation.spec.shipped import shipped

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


@dataclass(frozen=True)
class Software:
    """The code, Python and packages of a run.

    Attributes
    ----------
    code
        Version, commit, and whether the checkout had changes.
    python
        Version of Python.
    packages
        Version by package; ``None`` where it is not installed.
    lock
        SHA-256 of requirements.lock, ``None`` where none is at hand.
    """

    code: Mapping[str, str | bool | None] = field(default_factory=dict)
    python: str = ""
    packages: Mapping[str, str | None] = field(default_factory=dict)
    lock: str | None = None


def software_at_hand() -> Software:
    """Return the software of this process."""
    return Software(
        code_version(),
        platform.python_version(),
        {name: _version(name) for name in PACKAGES},
        _lock_digest(),
    )


def _lock_digest() -> str | None:
    """Return the SHA-256 of the lock file, where one is shipped or checked out."""
    path = shipped("requirements.lock")
    return hashlib.sha256(path.read_bytes()).hexdigest() if path is not None else None


@cache
def _version(name: str) -> str | None:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None
