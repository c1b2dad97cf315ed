"""Keys of a file in the type of the panel's; what cannot be one key is refused."""

from __future__ import annotations

import datetime as dt
from typing import Literal

import numpy as np
import pandas as pd

from evaluation.data.joins.file import JoinFile
from evaluation.errors import DataError

Kind = Literal["text", "numbers", "dates"]


def keys_of(file: JoinFile, on: tuple[str, ...], panel: pd.DataFrame) -> pd.DataFrame:
    """Return the keys of a file's rows as the panel holds them: text, or 64-bit numbers.

    Parameters
    ----------
    file
        What is joined, n rows.
    on
        Names of the keys.
    panel
        The panel's distinct keys.

    Raises
    ------
    DataError
        Where one holds text and the other numbers, where digits of a code were lost, and for keys
        that are dates.
    """
    return pd.DataFrame({name: _key(file, name, panel[name]) for name in on})


def kind_of(values: pd.Series) -> Kind:
    """Return what a column holds, in words; true and false count as numbers."""
    if pd.api.types.is_datetime64_any_dtype(values):
        return "dates"
    if pd.api.types.is_numeric_dtype(values) or pd.api.types.is_bool_dtype(values):
        return "numbers"
    known = values.dropna()
    return "dates" if len(known) and known.map(lambda v: isinstance(v, dt.date)).all() else "text"


def _key(file: JoinFile, name: str, panel: pd.Series) -> pd.Series:
    own = file.frame[name]
    # A panel without a single key has no type either.
    here = kind_of(panel) if panel.notna().any() else kind_of(own)
    there = kind_of(own)
    if "dates" in (here, there):
        raise DataError(f"{file.where}.on: {name!r} holds dates; join on codes or whole numbers")
    if here == "numbers":
        if there == "text":
            raise DataError(_other_kind(file, name, "numbers", "text"))
        numbers = own.to_numpy(np.float64, na_value=np.nan)
        whole = (numbers == np.floor(numbers)).all()
        return pd.Series(numbers.astype(np.int64) if whole else numbers)
    if there == "numbers" and name not in file.texts:
        raise DataError(_other_kind(file, name, "text", "numbers"))
    text = file.texts.get(name, own).astype(object).astype(str).reset_index(drop=True)
    short = _shortened(text, panel)
    if short:
        raise DataError(
            f"{file.where}.on: {short} keys of {file.name} have fewer digits than {name!r} has in "
            "the panel: leading zeros were lost; write the column as text"
        )
    return text


def _other_kind(file: JoinFile, name: str, here: str, there: str) -> str:
    return (
        f"{file.where}.on: {name!r} holds {here} in the panel and {there} in {file.name}: numbers "
        "lose the leading zeros of codes; write both as text"
    )


def _shortened(keys: pd.Series, panel: pd.Series) -> int:
    """Return how many keys have fewer digits than every code of the panel."""
    codes = panel.dropna().astype(str)
    codes = codes[codes.str.fullmatch(r"[0-9]+")]
    widths = codes.str.len().unique()
    if len(widths) != 1 or not (codes.str[0] == "0").any():
        return 0
    return int((keys.str.fullmatch(r"[0-9]+") & (keys.str.len() < widths[0])).sum())
