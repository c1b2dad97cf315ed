"""Months of assistance that two municipalities paid."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from data_synth.shapes.traps.codes import codes_in_force
from data_synth.shapes.traps.touched import Laid, count, row_uniform

if TYPE_CHECKING:
    import pandas as pd

    from data_synth.world.schema import World

NAME = "two_municipalities"

_RECORD = ["person_id", "year", "payer_municipality"]


def lay(tables: Mapping[str, pd.DataFrame], world: World, seed: int) -> Laid:
    """Let another municipality pay half of a recipient's last month of some years.

    The sums of a month and of a year stay as they were; the year's other records of the person
    are told of one municipality more, and the form of the second holds no condition.
    """
    if "sa_month" not in tables or tables["sa_month"].empty:
        return Laid(tables, ())
    months = tables["sa_month"]
    last = ~months.assign(year=months["ym"] // 100).duplicated(["person_id", "year"], keep="last")
    at = np.flatnonzero(last)
    person, ym = months["person_id"].to_numpy()[at], months["ym"].to_numpy(np.int64)[at]
    drawn = row_uniform(seed, NAME, person, ym // 100) < world.traps.two_municipalities
    at, ym = at[drawn], ym[drawn]
    other = _others(world, seed, person[drawn], ym)
    new = ~_known(months, person[drawn], ym // 100, other)
    at, other = at[new], other[new]
    if not len(at):
        return Laid(tables, ())
    moved = {column: months[column].to_numpy(np.int64)[at] // 2 for column in _AMOUNTS}
    laid = {**tables, "sa_month": _paid_by_two(months, at, other, moved)}
    touched = months.iloc[at].assign(year=ym[new] // 100, other=other, **moved)
    if "sa_year" in tables:
        laid["sa_year"] = _two_records(tables["sa_year"], touched)
    if "sa_condition" in tables:
        laid["sa_condition"] = _blank_form(tables["sa_condition"], touched)
    persons = months["person_id"].to_numpy()[at]
    # One record more of each in every table that has them.
    told = [name for name in ("sa_month", "sa_year", "sa_condition") if name in laid]
    return Laid(laid, tuple(count(NAME, name, persons) for name in told))


_AMOUNTS = ("grant_nok", "loan_nok")


def _others(world: World, seed: int, person: np.ndarray, ym: np.ndarray) -> np.ndarray:
    """Draw a municipality for each row among those in force."""
    u = row_uniform(seed, f"{NAME}/other", person, ym // 100)
    drawn = []
    for share, month in zip(u.tolist(), ym.tolist(), strict=True):
        codes = codes_in_force(world, month // 100 * 12 + month % 100 - 1)
        drawn.append(codes[int(share * len(codes))])
    return np.array(drawn, dtype=object)


def _known(
    months: pd.DataFrame, person: np.ndarray, year: np.ndarray, other: np.ndarray
) -> np.ndarray:
    """Tell where the municipality drawn pays the person in that year anyway."""
    own = months[months["person_id"].isin(person)]
    records = zip(own["person_id"], own["ym"] // 100, own["payer_municipality"], strict=True)
    pays = frozenset(records)
    return np.array([row in pays for row in zip(person, year, other, strict=True)], dtype=np.bool_)


def _after(frame: pd.DataFrame, added: pd.DataFrame, at: np.ndarray) -> pd.DataFrame:
    """Put rows after those at the positions ``at``."""
    import pandas as pd

    order = np.argsort(np.concatenate([np.arange(len(frame)), at]), kind="stable")
    added = added[frame.columns].astype(frame.dtypes.to_dict())
    return pd.concat([frame, added], ignore_index=True).iloc[order].reset_index(drop=True)


def _paid_by_two(
    months: pd.DataFrame, at: np.ndarray, other: np.ndarray, moved: Mapping[str, np.ndarray]
) -> pd.DataFrame:
    added = months.iloc[at].assign(payer_municipality=other, **moved)
    left = months.copy()
    for column, kroner in moved.items():
        values = left[column].to_numpy().copy()
        values[at] -= kroner.astype(values.dtype)
        left[column] = values
    return _after(left, added, at)


def _two_records(years: pd.DataFrame, touched: pd.DataFrame) -> pd.DataFrame:
    """Move half of the month's kroner to a record of the second municipality."""
    years, at = years.copy(), _position(years, touched)
    for column in _AMOUNTS:
        values = years[column].to_numpy().copy()
        values[at] -= touched[column].to_numpy().astype(values.dtype)
        years[column] = values
    both = years.set_index(["person_id", "year"]).index.isin(
        touched.set_index(["person_id", "year"]).index
    )
    years["n_municipalities"] = years["n_municipalities"] + both.astype(np.int8)
    added = years.iloc[at].assign(
        payer_municipality=touched["other"].to_numpy(),
        months=1,
        **{column: touched[column].to_numpy() for column in _AMOUNTS},
    )
    return _after(years, added, at)


def _blank_form(conditions: pd.DataFrame, touched: pd.DataFrame) -> pd.DataFrame:
    import pandas as pd

    at = _position(conditions, touched)
    blank = {column: None for column in conditions.columns if column not in _RECORD}
    added = pd.DataFrame(
        {
            "person_id": touched["person_id"].to_numpy(),
            "year": touched["year"].to_numpy(),
            "payer_municipality": touched["other"].to_numpy(),
            **blank,
        }
    )
    return _after(conditions, added, at)


def _position(records: pd.DataFrame, touched: pd.DataFrame) -> np.ndarray:
    """Return the row of each touched month's own record."""
    import pandas as pd

    index = pd.MultiIndex.from_frame(records[_RECORD].astype({"year": np.int64}))
    return np.asarray(index.get_indexer(pd.MultiIndex.from_frame(touched[_RECORD])))
