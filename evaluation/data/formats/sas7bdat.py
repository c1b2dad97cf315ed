"""SAS files."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from evaluation.data.formats._readstat import read_rows
from evaluation.spec.panel import FilePanel


def columns(path: Path, panel: FilePanel) -> tuple[str, ...]:
    """Return the names in the file's header."""
    import pyreadstat

    return read_rows(pyreadstat.read_sas7bdat, path, None)[1]


def read(path: Path, names: list[str], panel: FilePanel) -> pd.DataFrame:
    """Return the rows of a sas7bdat file."""
    import pyreadstat

    return read_rows(pyreadstat.read_sas7bdat, path, names)[0]
