"""Releases that stand beside a ledger that does not know them: then it has lost lines."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from evaluation.errors import DataError
from evaluation.release.ledger import Ledger, ledger_path

MANIFEST = "release/manifest.json"


def digest_of_files(files: Mapping[str, str]) -> str:
    """Return the digest of a release from the digests of its files by path."""
    lines = sorted(f"{digest} {path}\n" for path, digest in files.items())
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def refuse_unrecorded(outputs: Path, ledger: Ledger) -> None:
    """Raise where a release in a folder of outputs has no line in its ledger.

    Without that line nothing could be compared with what has left.

    Raises
    ------
    DataError
        One line for every such release.
    """
    faults = []
    for path in sorted(outputs.glob(f"*/{MANIFEST}")):
        folder = path.parent
        if folder.parent.name.startswith("."):
            continue
        found = _released(path)
        if found is None or not ledger.holds(*found):
            faults.append(
                f"{ledger_path(outputs)}: does not hold the release in {folder}; restore the "
                "ledger from a copy, or move that release elsewhere"
            )
    if faults:
        raise DataError(*faults)


def _released(path: Path) -> tuple[str, str] | None:
    """Return which spec a manifest is of, and the digest of its release; ``None`` for another."""
    try:
        content = path.read_bytes()
        manifest: Any = json.loads(content)
        files = {**manifest["release"]["files"], path.name: hashlib.sha256(content).hexdigest()}
        return manifest["spec_id"], digest_of_files(files)
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None
