"""What the Stata and SAS formats share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd

from evaluation.errors import DataError


def read_rows(
    reader: Callable[..., Any], path: Path, names: list[str] | None
) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Return rows and column names; only the header where ``names`` is ``None``."""
    from pyreadstat import PyreadstatError, ReadstatError

    try:
        if names is None:
            frame, meta = reader(str(path), metadataonly=True)
        else:
            frame, meta = reader(str(path), usecols=names)
            frame = frame.loc[:, names]
    except (ReadstatError, PyreadstatError, UnicodeDecodeError):
        raise DataError(
            f"{path.name}: is not a whole {path.suffix[1:]} file; export it again"
        ) from None
    return frame, tuple(meta.column_names)
