"""An extract as Statistics Norway hands it to a project: Norwegian names, prefixed keys."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np

from data_synth.shapes.declared.carried import carried
from data_synth.shapes.declared.norwegian import BENEFITS, EXTRACTS, INCOMES, YES_NO
from data_synth.shapes.declared.registers import PERSONS
from data_synth.shapes.declared.registers import REFERENCE as _PLACES
from data_synth.shapes.keys import key_column
from data_synth.shapes.traps.touched import Touched
from data_synth.shapes.writing.deliver import File, close, deliver
from data_synth.shapes.writing.yearly import wide_years
from evaluation.errors import DataError

if TYPE_CHECKING:
    import pandas as pd

    from data_synth.world.schema import World

NAME = "research_extract"
FORMATS = ("parquet", "csv", "dta")
TABLES = PERSONS
REFERENCE = _PLACES
CARRIES = carried((*TABLES, *REFERENCE))

PLAIN_KEY = "lopenr_person"


def write(
    tables: Mapping[str, pd.DataFrame],
    folder: Path,
    part: str,
    world: World,
    seed: int,
    format: str,
) -> None:
    """Write one chunk of persons; see ``contract.Shape``."""
    deliver(sys.modules[__name__], _layout, tables, folder, part, world, seed, format)


def finish(
    folder: Path,
    reference: Mapping[str, pd.DataFrame],
    world: World,
    seed: int,
    format: str,
) -> None:
    """Close the delivery; see ``contract.Shape``."""
    close(sys.modules[__name__], folder, reference, world, seed, format)


def _layout(tables: Mapping[str, Any], world: World, seed: int) -> Mapping[str, File]:
    files: dict[str, Any] = {}
    for name, table in tables.items():
        files.update(_SPECIAL.get(name, _renamed)(name, table))
    return {file: _keyed(file, table, world, seed) for file, table in files.items()}


def _keyed(file: str, table: Any, world: World, seed: int) -> File:
    key = key_column(file, seed, world.traps.prefixed)
    named = File(table.rename_columns({"person_id": key}), key)
    if key == PLAIN_KEY:
        return named
    counts = named.counts()
    return File(named.table, key, (Touched("prefixed", file, counts["units"], counts["rows"]),))


def _renamed(name: str, table: Any) -> Mapping[str, Any]:
    names = {"person_id": "person_id", **EXTRACTS[name].columns}
    return {EXTRACTS[name].file: table.select(list(names)).rename_columns(list(names.values()))}


def _wide_months(name: str, table: Any) -> Mapping[str, Any]:
    """One record a person, municipality and year: BIDRAG_01 to STMND_12."""
    import pyarrow as pa

    years, names = wide_years(table), EXTRACTS[name].columns
    months = range(1, 13)
    columns: dict[str, Any] = {
        "person_id": years.person,
        names["payer_municipality"]: years.municipality,
        "AAR": years.year,
    }
    for stem, values in (("grant_nok", years.grant), ("loan_nok", years.loan)):
        for month in months:
            empty = ~years.recorded[:, month - 1]
            columns[f"{names[stem]}_{month:02d}"] = pa.array(values[:, month - 1], mask=empty)
    for month in months:
        column = f"{names['paid']}_{month:02d}"
        empty = ~years.recorded[:, month - 1]
        columns[column] = pa.array(years.paid[:, month - 1].astype(np.int64), mask=empty)
    return {EXTRACTS[name].file: pa.table(columns)}


def _by_benefit(name: str, table: Any) -> Mapping[str, Any]:
    import pyarrow.compute as pc

    _refuse_codes(name, table["benefit"], tuple(BENEFITS))
    renamed = _renamed(name, table)[EXTRACTS[name].file]
    return {
        file: renamed.filter(pc.equal(table["benefit"], benefit))
        for benefit, file in BENEFITS.items()
    }


def _wide_incomes(name: str, table: Any) -> Mapping[str, Any]:
    """One record a person and year, a column a concept; an empty one has no value."""
    import pandas as pd
    import pyarrow as pa

    _refuse_codes(name, table["concept"], INCOMES)
    year, code = table["year"].to_numpy(), table["concept"].to_pandas()
    by = pd.DataFrame({"person": pd.factorize(table["person_id"].to_pandas())[0], "year": year})
    group = by.groupby(["person", "year"], sort=False).ngroup().to_numpy(np.int64)
    first = np.unique(group, return_index=True)[1]
    columns: dict[str, Any] = {
        "person_id": table["person_id"].combine_chunks().take(first),
        "AAR": year[first],
    }
    kroner = table["nok"].fill_null(0).to_numpy()
    known = table["nok"].is_valid().to_numpy(zero_copy_only=False)
    for concept in INCOMES:
        rows = (code == concept).to_numpy() & known
        values, empty = np.zeros(len(first), np.int64), np.ones(len(first), np.bool_)
        values[group[rows]], empty[group[rows]] = kroner[rows], False
        columns[f"{EXTRACTS[name].columns['nok']}_{concept.upper()}"] = pa.array(values, mask=empty)
    return {EXTRACTS[name].file: pa.table(columns)}


def _conditions(name: str, table: Any) -> Mapping[str, Any]:
    import pyarrow as pa

    answers = [YES_NO.get(answer) for answer in table["condition"].to_pylist()]
    at = table.column_names.index("condition")
    return _renamed(name, table.set_column(at, "condition", pa.array(answers, pa.string())))


def _refuse_codes(name: str, codes: Any, allowed: tuple[str, ...]) -> None:
    """Refuse codes without a file or column of their own: their rows would be lost."""
    unknown = sorted(set(codes.unique().to_pylist()) - set(allowed), key=str)
    if unknown:
        raise DataError(
            f'table "{name}": holds {", ".join(map(str, unknown))}; '
            f"allowed: {', '.join(allowed)}; add a name for what is new"
        )


_SPECIAL: Mapping[str, Callable[[str, Any], Mapping[str, Any]]] = MappingProxyType(
    {
        "sa_month": _wide_months,
        "sa_condition": _conditions,
        "benefit_spell": _by_benefit,
        "income_year": _wide_incomes,
    }
)
