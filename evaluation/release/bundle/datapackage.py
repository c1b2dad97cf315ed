"""The tables of a bundle as a Frictionless Data Package: ``datapackage.json``."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import fields
from typing import Any, get_args, get_type_hints

from evaluation.release.bundle.contents import CELLS, GAPS, LOST, PRINTED, Contents, Gap, Loss
from evaluation.release.bundle.numbers import LAYOUTS

# Table Schema's words for types of Python and of parquet; the first that fits.
PYTHON = {bool: "boolean", int: "integer", float: "number"}
TITLES = {
    f"{PRINTED}/estimates.csv": "Estimates as printed",
    f"{PRINTED}/checks.csv": "Checks as printed",
    f"{PRINTED}/details.csv": "Numbers behind estimates and checks, as printed",
    f"{PRINTED}/specifications.csv": "Every specification of the declared universe, as printed",
    f"{PRINTED}/worth.csv": "What effects are worth, as printed",
    GAPS: "Every printed number, the one recomputed from this bundle, and the gap",
    LOST: "What disclosure control took from the cells",
}


def datapackage_of(contents: Contents, files: Mapping[str, bytes]) -> dict[str, Any]:
    """Return the descriptor of the tables of a bundle.

    Its form is that of the Data Package standard, version 1: CSV files are tabular data resources
    with a Table Schema; cells are parquet files with the same schema.

    Parameters
    ----------
    contents
        What the bundle is made of.
    files
        Its files by name.
    """
    return {
        "profile": "data-package",
        "name": _name(contents.spec.id),
        "title": contents.spec.title,
        "description": (
            "Released cells and printed numbers of one evaluation, from which activity-duty "
            "verify recomputes them."
        ),
        "version": str(contents.manifest.get("code", {}).get("version") or "0"),
        "resources": list(_resources(files)),
    }


def datapackage_text(contents: Contents, files: Mapping[str, bytes]) -> str:
    """Return the descriptor as JSON."""
    return json.dumps(datapackage_of(contents, files), indent=2, ensure_ascii=False) + "\n"


def _resources(files: Mapping[str, bytes]) -> Iterator[dict[str, Any]]:
    for name, content in sorted(files.items()):
        common = {
            "name": _name(name.rpartition(".")[0]),
            "path": name,
        }
        if name.endswith(".csv"):
            yield {
                **common,
                "bytes": len(content),
                "hash": f"sha256:{hashlib.sha256(content).hexdigest()}",
                "profile": "tabular-data-resource",
                "title": TITLES.get(name, name),
                "format": "csv",
                "mediatype": "text/csv",
                "encoding": "utf-8",
                "schema": _schema_of_rows(name),
            }
        elif name.startswith(f"{CELLS}/") and name.endswith(".parquet"):
            # Readers of parquet count no bytes; the manifest has the digest of every file.
            yield {
                **common,
                "profile": "data-resource",
                "title": "Released cells: one row for each cell, or pair of points",
                "format": "parquet",
                "mediatype": "application/vnd.apache.parquet",
                "schema": _schema_of_cells(content),
            }


def _schema_of_rows(name: str) -> dict[str, Any]:
    types: dict[str, type] = {GAPS: Gap, LOST: Loss}
    row = types.get(name) or LAYOUTS[name.removeprefix(f"{PRINTED}/")].row_type
    hints = get_type_hints(row)
    described = [{"name": one.name, "type": _kind(hints[one.name])} for one in fields(row)]
    return {"fields": described, "missingValues": [""]}


def _kind(hint: Any) -> str:
    """Return the type of a column; one that holds numbers and words is of any."""
    kinds = [one for one in (get_args(hint) or (hint,)) if one is not type(None)]
    if len(kinds) != 1:
        return "any" if float in kinds else "string"
    return PYTHON.get(kinds[0], "string")


def _schema_of_cells(content: bytes) -> dict[str, Any]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    tests = {
        "boolean": pa.types.is_boolean,
        "integer": pa.types.is_integer,
        "number": lambda kind: pa.types.is_floating(kind) or pa.types.is_decimal(kind),
        "date": pa.types.is_date,
        "datetime": pa.types.is_timestamp,
    }
    columns = pq.ParquetFile(io.BytesIO(content)).schema_arrow
    described = [
        {
            "name": one.name,
            "type": next((word for word, test in tests.items() if test(one.type)), "string"),
        }
        for one in columns
    ]
    return {"fields": described}


def _name(text: str) -> str:
    """Return a name as the standard wants it: small letters, digits, ``.``, ``_`` and ``-``."""
    return "".join(one if one.isascii() and one.isalnum() else "-" for one in text.lower())
