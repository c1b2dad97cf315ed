"""The digest of the code that makes rows: what is remembered holds for that code alone."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pandas as pd

ROOT = Path(__file__).resolve().parents[2]
# What stands between a world file and a cell; a world's own content has its own digest.
MAKERS = ("data_synth", "evaluation/data", "evaluation/spec")
OTHERS = frozenset({"__pycache__", "worlds"})


def source_digest() -> str:
    """Return the digest of the sources as this program found them when it began."""
    return _FOUND


def sources_unchanged() -> bool:
    """Tell whether the sources are still those: what runs may be newer than the digest else."""
    return digest_on_disk() == _FOUND


def digest_on_disk(makers: tuple[str, ...] = MAKERS) -> str:
    """Return the SHA-256 of packages, by default those that make rows, and of what they run on."""
    digest = hashlib.sha256(f"numpy {np.__version__} pandas {pd.__version__}".encode())
    for maker in makers:
        for path in sorted((ROOT / maker).rglob("*")):
            if path.is_file() and not OTHERS.intersection(path.relative_to(ROOT).parts):
                digest.update(f"\0{path.relative_to(ROOT).as_posix()}\0".encode())
                digest.update(path.read_bytes())
    return digest.hexdigest()


_FOUND = digest_on_disk()
