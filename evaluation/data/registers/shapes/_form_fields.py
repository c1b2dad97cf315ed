"""Fields of the form 11F in the columns, or at the places, of a file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from evaluation.data.registers.mapping import TableMapping
from evaluation.data.registers.shapes import _form_11f as form
from evaluation.data.registers.shapes._select import KEY, found, lacking, table_of
from evaluation.data.registers.sql import quoted
from evaluation.errors import DataError
from evaluation.spec.faults import nearest

LINE = "line"
_ID, _DUF = "PERSON_FODSELSNR", "PERSON_DUF"

# Without these a table cannot be made; any other field may be absent.
NEEDED: Mapping[str, tuple[str, ...]] = {
    "person": ("KJONN",),
    "sa_month": ("VERSION", *(f"BIDRAG_{month}" for month in form.MONTHS)),
    "sa_year": ("VERSION", "BIDRAG"),
    "sa_condition": ("VERSION", "VILKARSOSLOV"),
}


@dataclass(frozen=True, slots=True)
class Fields:
    """Expressions of the form's fields.

    Attributes
    ----------
    by_name
        Of those that the files have.
    linked
        The person's key, NULL for those known by a DUF number alone.
    fixed
        Whether fields stand at places of a line.
    """

    by_name: Mapping[str, str]
    linked: str
    fixed: bool

    def __getitem__(self, name: str) -> str:
        """Return the expression of a field; NULL where the files have it not."""
        return self.by_name.get(name, "CAST(NULL AS VARCHAR)")

    @property
    def key(self) -> str:
        """The person's key, a DUF number where there is no other."""
        return f"coalesce({self.linked}, {self[_DUF]})"

    @property
    def year(self) -> str:
        """The reporting year with four digits."""
        version = f"trim({self['VERSION']})"
        return (
            f"CASE WHEN length({version}) <= 2 THEN '20' || lpad({version}, 2, '0') "
            f"ELSE {version} END"
        )


def fields_of(entry: str, mapping: TableMapping, raw_columns: Sequence[str]) -> Fields:
    """Return the fields of the files of an entry.

    Raises
    ------
    DataError
        With a line for every field that the mapping names and the files have not, that a table
        cannot do without, or that is no field of the form.
    """
    if tuple(raw_columns) == (LINE,):
        cut = {
            name: f"nullif(trim(substr({quoted(LINE)}, {start}, {length})), '')"
            for name, (start, length) in form.places().items()
        }
        return Fields(cut, cut[_ID], fixed=True)
    faults = [
        f"tables.{entry}.columns.{name}: is no field of the form 11F"
        f"{nearest(name, form.FIELDS)}; name fields as in 2024"
        for name in mapping.columns
        if name not in form.FIELDS
    ]
    fields: dict[str, str] = {}
    for name in form.FIELDS:
        raw = found(mapping.columns.get(name, name), raw_columns)
        if raw is not None:
            fields[name] = quoted(raw)
        elif name in mapping.columns:
            faults.append(lacking(entry, mapping.columns[name], name, raw_columns))
    absent = [name for name in NEEDED[table_of(entry)] if name not in fields]
    absent = [name for name in absent if name not in mapping.columns]
    if absent:
        shown = ", ".join(absent[:3]) + (", ..." if len(absent) > 3 else "")
        faults.append(
            f"tables.{entry}: the files lack {len(absent)} fields of the form 11F ({shown}); "
            'give their names in these files, as in columns = { VKLO = "..." }'
        )
    linked = _linked(entry, mapping, raw_columns, fields, faults)
    if faults:
        raise DataError(*faults)
    return Fields(fields, linked, fixed=False)


def _linked(
    entry: str,
    mapping: TableMapping,
    raw_columns: Sequence[str],
    fields: Mapping[str, str],
    faults: list[str],
) -> str:
    """Return the expression of the key: the one named, lopenr_person, the identity number."""
    keys = [name for name in raw_columns if KEY.match(name)]
    if mapping.key is not None:
        named = found(mapping.key, raw_columns)
        keys = [named] if named is not None else []
        if named is None:
            faults.append(
                f"tables.{entry}.key: the files have no column {mapping.key!r}"
                f"{nearest(mapping.key, raw_columns)}"
            )
    elif len(keys) > 1:
        faults.append(
            f"tables.{entry}: {len(keys)} columns of the files are named lopenr_person, with or "
            "without a prefix; name the person's key with key = "
        )
    elif not keys and _ID not in fields and _DUF not in fields:
        faults.append(
            f"tables.{entry}: the files have neither lopenr_person nor {_ID}; name the person's "
            "key with key = "
        )
    return quoted(keys[0]) if keys else fields.get(_ID, "CAST(NULL AS VARCHAR)")
