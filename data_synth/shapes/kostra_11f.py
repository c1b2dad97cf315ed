"""The form for social assistance: one record a recipient, reporting municipality and year."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from data_synth.shapes.declared.carried import carried
from data_synth.shapes.declared.form_11f import CONDITIONS, EXEMPTIONS, FIELDS, MONTHS, SANCTIONS
from data_synth.shapes.declared.norwegian import YES_NO
from data_synth.shapes.keys import key_column, opaque_ids
from data_synth.shapes.traps.touched import Touched
from data_synth.shapes.writing.asof import latest_rows
from data_synth.shapes.writing.deliver import File, close, deliver
from data_synth.shapes.writing.files import join_parts, refuse_format
from data_synth.shapes.writing.yearly import Years, wide_years

if TYPE_CHECKING:
    import pandas as pd

    from data_synth.world.schema import World

NAME = "kostra_11f"
FORMATS = ("parquet", "csv")
TABLES = ("person", "residence", "household", "sa_month", "sa_year", "sa_condition")
REFERENCE = ("muni_crosswalk",)
# The form knows of its own months and conditions alone: neither births nor places of living, and
# no hours of activity; sex and the municipality that paid are on it.
_ELSEWHERE = frozenset({"condition_hours"})
_FORM = carried(("sa_month", "sa_year", "sa_condition"))
CARRIES = MappingProxyType(
    {column: way for column, way in _FORM.items() if column not in _ELSEWHERE}
    | {"female": ("person",)}
)

FILE = "11F"
_PLAIN_KEY = "lopenr_person"


def write(
    tables: Mapping[str, pd.DataFrame],
    folder: Path,
    part: str,
    world: World,
    seed: int,
    format: str,
) -> None:
    """Write one chunk of persons, a file a year; see ``contract.Shape``."""
    deliver(sys.modules[__name__], _layout, tables, folder, part, world, seed, format)


def finish(
    folder: Path,
    reference: Mapping[str, pd.DataFrame],
    world: World,
    seed: int,
    format: str,
) -> None:
    """Close the delivery; parts in text become one file a year. See ``contract.Shape``."""
    refuse_format(format, FORMATS)
    if format == "csv":
        for year in sorted(one for one in folder.glob(f"{FILE}_*") if one.is_dir()):
            join_parts(year, "csv", folder / f"{year.name}.csv")
    close(sys.modules[__name__], folder, reference, world, seed, format)


def _layout(tables: Mapping[str, Any], world: World, seed: int) -> Mapping[str, File]:
    import pyarrow as pa

    years = wide_years(tables["sa_month"])
    fields = {
        **_who(tables, years, seed),
        **_home(tables, years),
        **_months(years),
        **_last_contact(tables["sa_year"], years),
        **_conditions(tables["sa_condition"], years),
    }
    columns = {
        _PLAIN_KEY: fields[_PLAIN_KEY],
        **{name: fields.get(name, pa.nulls(len(years.year), pa.string())) for name in FIELDS},
    }
    records = pa.table(columns)
    return {
        f"{FILE}_{year}": _keyed(f"{FILE}_{year}", records.filter(years.year == year), world, seed)
        for year in np.unique(years.year).tolist()
    }


def _keyed(file: str, records: Any, world: World, seed: int) -> File:
    key = key_column(file, seed, world.traps.prefixed)
    named = File(records.rename_columns({_PLAIN_KEY: key}), key)
    if key == _PLAIN_KEY:
        return named
    counts = named.counts()
    return File(named.table, key, (Touched("prefixed", file, counts["units"], counts["rows"]),))


def _who(tables: Mapping[str, Any], years: Years, seed: int) -> dict[str, Any]:
    """Return the key and sex of those whom the population register knows.

    Others have no key, but a number of twelve digits such as asylum seekers are given. The key
    stands in for the national identity number, which no delivery holds.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    person = tables["person"]
    at = pc.index_in(years.person, person["person_id"].combine_chunks())
    unknown = pc.is_null(at)
    keys = years.person.to_pylist()
    numbers = [f"{int(one, 16) % 10**12:012d}" for one in opaque_ids(keys, seed, "duf")]
    nobody = pa.nulls(len(keys), pa.string())
    return {
        "KOMMUNE_NR": years.municipality,
        "VERSION": pa.array([f"{year % 100:02d}" for year in years.year.tolist()], pa.string()),
        _PLAIN_KEY: pc.if_else(unknown, nobody, years.person),
        "PERSON_DUF": pc.if_else(unknown, pa.array(numbers, pa.string()), nobody),
        "KJONN": person["sex"].take(at),
    }


def _home(tables: Mapping[str, Any], years: Years) -> dict[str, Any]:
    import pyarrow.compute as pc

    household, residence = tables["household"], tables["residence"]
    children = household["children_under_18"].take(
        latest_rows(household, "date", years.person, years.year)
    )
    living = residence.take(latest_rows(residence, "valid_from", years.person, years.year))
    same = pc.equal(living["municipality"], years.municipality)
    some = pc.greater(children, 0)
    return {
        "BU18": pc.if_else(some, "1", "2"),
        "ANTBU18": pc.if_else(some, children, None),
        "BYDELSNR": pc.if_else(same, living["district"], None),
    }


def _months(years: Years) -> dict[str, Any]:
    import pyarrow as pa

    fields: dict[str, Any] = {"BIDRAG": years.grant.sum(axis=1), "LAAN": years.loan.sum(axis=1)}
    for at, month in enumerate(MONTHS):
        number = pa.array(np.full(len(years.year), f"{at + 1:02d}", dtype=object))
        fields[f"STMND_{at + 1}"] = _where(years.paid[:, at], number)
        fields[f"BIDRAG_{month}"] = pa.array(years.grant[:, at], mask=~years.recorded[:, at])
        fields[f"LAAN_{month}"] = pa.array(years.loan[:, at], mask=~years.recorded[:, at])
    return fields


def _where(holds: NDArray[np.bool_], values: Any) -> Any:
    import pyarrow as pa
    import pyarrow.compute as pc

    return pc.if_else(pa.array(holds), values, None)


def _last_contact(sa_year: Any, years: Years) -> dict[str, Any]:
    found = sa_year.take(_record(sa_year, years))
    return {
        "VKLO": found["main_source"],
        "ARBSIT": found["work_status"],
        "BOSIT": found["housing"],
    }


def _conditions(sa_condition: Any, years: Years) -> dict[str, Any]:
    import pyarrow as pa
    import pyarrow.compute as pc

    found = sa_condition.take(_record(sa_condition, years))
    answers = [YES_NO.get(answer) for answer in found["condition"].to_pylist()]
    fields: dict[str, Any] = {"VILKARSOSLOV": pa.array(answers, pa.string())}
    for field, column in (
        ("UTBETDATO", "decision_from"),
        ("UTBETTOMDATO", "decision_to"),
        ("VEDTAKDATO", "exemption_date"),
    ):
        fields[field] = pc.strftime(found[column].cast(pa.timestamp("s")), format="%d%m%y")
    for column, names in (
        ("condition_types", CONDITIONS),
        ("exemption_reasons", EXEMPTIONS),
        ("sanction", SANCTIONS),
    ):
        for code, field in names.items():
            holds = pc.match_substring(found[column], code)
            fields[field] = pc.if_else(holds, code, None)
    return fields


def _record(table: Any, years: Years) -> Any:
    """Return the position in ``table`` of each record, null where it has none."""
    import pandas as pd
    import pyarrow as pa

    names = ["person_id", "year", "payer_municipality"]
    index = pd.MultiIndex.from_frame(table.select(names).to_pandas())
    wanted = pd.MultiIndex.from_arrays(
        [years.person.to_pandas(), years.year, years.municipality.to_pandas()], names=names
    )
    at = index.get_indexer(wanted)
    return pa.array(np.maximum(at, 0), mask=at < 0)
