"""How texts are written: separator, encoding, decimals and dates, seen in a few lines."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType

from evaluation.data.registers.contract import Kind
from evaluation.data.registers.drafting.sample import Sample
from evaluation.data.registers.mapping import Reading
from evaluation.data.registers.shapes._select import KEY, table_of
from evaluation.data.registers.shapes.contract import Drafted
from evaluation.data.registers.tables.registry import TABLES

_DEFAULT = Reading()
_DATE_NAMES = re.compile(r"(start|stop|.*(dato|date)|valid_(from|to))", re.IGNORECASE)
_PLACES = {"2", "3"}  # of start and stop, in events without a line of names
_NUMERIC = (Kind.DECIMAL, Kind.NOK, Kind.NUMBER)

_MONTH, _DAY = r"(0[1-9]|1[0-2])", r"(0[1-9]|[12]\d|3[01])"
_FORMS: Mapping[str, re.Pattern[str]] = MappingProxyType(
    {
        "YYYY-MM-DD": re.compile(rf"\d{{4}}-{_MONTH}-{_DAY}"),
        "DD.MM.YYYY": re.compile(rf"{_DAY}\.{_MONTH}\.\d{{4}}"),
        "YYYYMMDD": re.compile(rf"(19|20)\d\d{_MONTH}{_DAY}"),
        "DDMMYYYY": re.compile(rf"{_DAY}{_MONTH}(19|20)\d\d"),
        "DDMMYY": re.compile(rf"{_DAY}{_MONTH}\d\d"),
        "sas_days": re.compile(r"-?\d{1,5}"),
    }
)
_MONTH_ALONE = re.compile(rf"(19|20)\d\d(-?{_MONTH})?")


def written(drafted: Drafted, samples: Sequence[Sample]) -> tuple[dict[str, str], tuple[str, ...]]:
    """Return how the texts of an entry are written, and what their lines do not settle.

    Returns
    -------
    dict, tuple
        Keys of ``reading`` with their values, those seen alone; and keys that are open.
    """
    found: dict[str, str] = dict(drafted.mapping.get("reading", {}))
    if not samples:
        return found, ()
    if drafted.look.width:
        return found | _alike("encoding", _encodings(samples))[0], ()
    unsure: list[str] = []
    for key, seen in (
        ("separator", [one.separator for one in samples if one.separator]),
        ("encoding", _encodings(samples)),
    ):
        same, open_ = _alike(key, seen)
        found |= same
        unsure += open_
    kinds = _kinds(drafted)
    dates = _values(samples, lambda name: _is_date(name, kinds))
    months = _values(samples, lambda name: kinds.get(name) is Kind.MONTH)
    months = [one for one in months if not _MONTH_ALONE.fullmatch(one)]
    form = _form([*dates, *months])
    if form is not None:
        found["dates"] = form
    elif dates or months:
        unsure.append("dates")
    found |= _marks(_values(samples, lambda name: kinds.get(name) in _NUMERIC or name == "value"))
    return found, tuple(unsure)


def beyond_default(found: Mapping[str, str]) -> dict[str, str]:
    """Return what a mapping must say, its defaults being what they are."""
    return {key: value for key, value in found.items() if value != getattr(_DEFAULT, key)}


def _alike(key: str, seen: Iterable[str]) -> tuple[dict[str, str], list[str]]:
    found = sorted(set(seen))
    if len(found) == 1:
        return {key: found[0]}, []
    return {}, [key] if found else []


def _encodings(samples: Sequence[Sample]) -> list[str]:
    """Return the encodings; plain ASCII, which is both, is taken for UTF-8 and counts last."""
    latin = [one.encoding for one in samples if one.encoding != "utf-8"]
    return latin or ["utf-8"]


def _kinds(drafted: Drafted) -> dict[str, Kind]:
    """Return what columns of the files hold, as far as the draft tells."""
    declared = TABLES[table_of(drafted.entry)].columns
    kinds = {name: declared[name].kind for name in drafted.look.columns if name in declared}
    columns = drafted.mapping.get("columns", {})
    for column, name in columns.items():
        wide = re.compile(rf"{re.escape(name)}(_.+)?", re.IGNORECASE)
        alone = name in drafted.look.columns
        kinds |= {
            raw: declared[column].kind
            for raw in drafted.look.columns
            if raw == name or (not alone and wide.fullmatch(raw))
        }
    return kinds


def _is_date(name: str, kinds: Mapping[str, Kind]) -> bool:
    if name in kinds:
        return kinds[name] is Kind.DATE
    return name in _PLACES or (bool(_DATE_NAMES.fullmatch(name)) and not KEY.match(name))


def _values(samples: Sequence[Sample], wanted: Callable[[str], bool]) -> list[str]:
    missing = frozenset(_DEFAULT.missing)
    return [
        value
        for one in samples
        for name, values in one.values.items()
        if wanted(name)
        for value in values
        if value not in missing
    ]


def _form(values: Sequence[str]) -> str | None:
    """Return the one form that all dates have; ``None`` where there are none, or several fit."""
    fits = [
        form
        for form, pattern in _FORMS.items()
        if values and all(pattern.fullmatch(value) for value in values)
    ]
    return fits[0] if len(fits) == 1 else None


def _marks(values: Iterable[str]) -> dict[str, str]:
    """Return the decimal mark and what parts thousands, where numbers leave no doubt."""
    held = list(values)
    for decimal, thousands in ((",", "."), (",", " "), (".", ","), (".", " ")):
        groups = rf"-?\d{{1,3}}({re.escape(thousands)}\d{{3}})"
        end = rf"{re.escape(decimal)}\d+"
        number = re.compile(rf"{groups}+({end})?|-?\d+({end})?")
        # One group of three may as well be decimals, unless a blank parts it.
        sure = re.compile(rf"{groups}+{end}|{groups}{{{1 if thousands == ' ' else 2},}}")
        if any(map(sure.fullmatch, held)) and all(map(number.fullmatch, held)):
            return {"decimal": decimal, "thousands": thousands}
    comma = any(re.fullmatch(r"-?\d+,\d+", one) for one in held)
    return {"decimal": ","} if comma and not any("." in one for one in held) else {}
