"""Read the manifest of an output folder."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from evaluation.errors import DataError

NEEDED = {"spec", "inputs", "spec_id"}


def read_manifest(folder: Path) -> dict[str, Any]:
    """Return the manifest of an output folder, or of the file itself.

    Raises
    ------
    DataError
        Where there is none, or it cannot be used.
    """
    path = folder / "manifest.json" if folder.is_dir() else folder
    try:
        manifest: Any = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise DataError(f"{folder}: holds no manifest.json; give an output folder") from None
    except (json.JSONDecodeError, UnicodeDecodeError, RecursionError):
        raise DataError(f"{path}: is not JSON; restore the manifest") from None
    except OSError as error:
        raise DataError(
            f"{path}: cannot be read ({error.strerror}); restore the manifest"
        ) from None
    if not isinstance(manifest, dict):
        raise DataError(f"{path}: holds no table; restore the manifest")
    if missing := NEEDED - manifest.keys():
        raise DataError(f"{path}: lacks {', '.join(sorted(missing))}; restore the manifest")
    if not isinstance(manifest["spec"], str) or not isinstance(manifest["inputs"], dict):
        raise DataError(f"{path}: holds no spec or no inputs; restore the manifest")
    return manifest
