"""Where the relative paths of a manifest's spec start."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from evaluation.errors import DataError
from evaluation.spec.shipped import find_spec

DUCKDB = "duckdb:///"


def starting_folder(tables: Mapping[str, Any], spec_id: str, outputs: Path) -> Path:
    """Return the folder from which the paths of a spec are relative.

    A manifest names no folder of the machine that wrote it. A shipped spec has its own; another is
    looked for where the command stands, and above the outputs: what is read there must have the
    digest of the manifest.

    Parameters
    ----------
    tables
        The spec, with what was set for this run.
    spec_id
        Its id.
    outputs
        The folder of the manifest.

    Raises
    ------
    DataError
        Where the spec reads a relative path that leads nowhere.
    """
    home = find_spec(spec_id)
    if home is not None:
        return home.parent
    key, path = _relative(tables.get("panel", {}), tables.get("joins", ()))
    if not path:
        return outputs
    there = outputs.resolve()
    for folder in (Path.cwd(), *there.parents[:2]):
        if (folder / path).exists():
            return folder
    raise DataError(
        f"{outputs}: {key} is {path!r}, from the spec's own folder, which outputs do not name; run "
        f"verify in that folder, or pass --set '{key}=\"PATH\"' --allow FOLDER"
    )


def _relative(panel: Mapping[str, Any], joins: Sequence[Mapping[str, Any]]) -> tuple[str, str]:
    """Return the first key that names rows or a joined file by a relative path; empty for none."""
    url = str(panel.get("url", ""))
    places = {
        "panel.path": str(panel.get("path", "")),
        "panel.url": url.removeprefix(DUCKDB) if url.startswith(DUCKDB) else "",
        "panel.table": str(panel.get("table", "")) if url.startswith("spark:") else "",
        "panel.mapping": str(panel.get("mapping", "")),
    }
    for position, join in enumerate(joins, start=1):
        places[f"joins.{position}.path"] = str(join.get("path", ""))
    for key, path in places.items():
        if path and not path.startswith(("$", "~", "package:")) and not Path(path).is_absolute():
            return key, path
    return "", ""
