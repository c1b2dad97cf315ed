"""A file that is joined: its keys and columns, as they stand there."""

from __future__ import annotations

import importlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from evaluation.data.hashing import file_digest
from evaluation.data.plain import plain_columns
from evaluation.errors import DataError
from evaluation.spec.faults import nearest
from evaluation.spec.panel import FilePanel
from evaluation.spec.paths import resolve
from evaluation.spec.spec import Spec

FORMATS = ("csv", "parquet", "dta", "sas7bdat")
DECIMAL_COMMA = re.compile(rb"[0-9],[0-9]")


@dataclass(frozen=True)
class JoinFile:
    """The rows of a file that is joined, n of them.

    Attributes
    ----------
    where
        Key path of the join: ``joins.1``.
    name
        The file's name, without the folders above it.
    frame
        Keys and columns under the names of the file.
    texts
        Keys as they are written, where the file is csv.
    digest
        SHA-256 of the file.
    """

    where: str
    name: str
    frame: pd.DataFrame
    texts: Mapping[str, pd.Series] = field(default_factory=dict)
    digest: str = ""


def read_join(spec: Spec, position: int) -> JoinFile:
    """Return the rows of a join's file.

    A csv file is read by what stands in it: ``;`` or ``,`` between fields, whichever its first line
    has more of; UTF-8, else latin-1; decimal commas where fields are parted by ``;`` and a comma
    stands between digits.

    Parameters
    ----------
    spec
        What is asked.
    position
        Of the join, from 1.

    Raises
    ------
    DataError
        No such file, columns that it lacks, no rows, rows without a key.
    """
    join, where = spec.joins[position - 1], f"joins.{position}"
    path = resolve(join.path, spec.origin, f"{where}.path")
    ending = path.suffix.lower().removeprefix(".")
    if ending not in FORMATS:
        raise DataError(f"{where}.path: unknown ending; allowed: {', '.join(FORMATS)}")
    if not path.is_file():
        raise DataError(f"{where}.path: {path.name}: no such file; check the name and the folder")
    reader = importlib.import_module(f"evaluation.data.formats.{ending}")
    panel = _as_written(path) if ending == "csv" else FilePanel(source="file", path=path.name)
    offered = reader.columns(path, panel)
    faults = [
        f"{where}.on: no column {name!r} in {path.name}{nearest(name, offered)}"
        for name in join.on
        if name not in offered
    ]
    faults += [
        f"{where}.columns.{new}: no column {name!r} in {path.name}{nearest(name, offered)}"
        for new, name in join.columns.items()
        if name not in offered
    ]
    sizes = [] if join.size is None else [join.size]
    faults += [
        f"{where}.size: no column {name!r} in {path.name}{nearest(name, offered)}"
        for name in sizes
        if name not in offered
    ]
    if faults:
        raise DataError(*faults)
    names = list(dict.fromkeys((*join.on, *join.columns.values(), *sizes)))
    frame = plain_columns(reader.read(path, names, panel))
    if not len(frame):
        raise DataError(f"{where}.path: {path.name}: holds no rows")
    without = int(frame[list(join.on)].isna().any(axis=1).sum())
    if without:
        raise DataError(f"{where}.on: {without} rows of {path.name} lack a key; complete them")
    texts = {}
    if ending == "csv":
        for name in join.on:
            as_text = panel.model_copy(update={"unit": name})
            texts[name] = reader.read(path, [name], as_text)[name].str.strip()
    return JoinFile(where, path.name, frame, texts, file_digest(path))


def _as_written(path: Path) -> FilePanel:
    """Return how a csv file is written, by its own text."""
    content = path.read_bytes()
    header = content.split(b"\n", 1)[0]
    separator = ";" if header.count(b";") > header.count(b",") else ","
    comma = separator == ";" and DECIMAL_COMMA.search(content) is not None
    try:
        content.decode("utf-8")
        encoding = "utf-8"
    except UnicodeDecodeError:
        encoding = "latin-1"
    return FilePanel(
        source="file",
        path=path.name,
        separator=separator,
        decimal="," if comma else ".",
        encoding=encoding,
    )
