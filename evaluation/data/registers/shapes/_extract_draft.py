"""Which register a file of an extract holds, by the names of its variables."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from evaluation.data.registers.shapes._extract_names import BENEFITS, KNOWN, Known
from evaluation.data.registers.shapes._recognised import by_own_names
from evaluation.data.registers.shapes._select import KEY, PREFIX, own_columns, person_column
from evaluation.data.registers.shapes._wide import stems
from evaluation.data.registers.shapes.contract import Drafted, Look
from evaluation.data.registers.tables.registry import TABLES

_PREFIX = re.compile(rf"^{PREFIX}", re.IGNORECASE)


def drafted(looks: Sequence[Look]) -> tuple[Drafted, ...]:
    """Return an entry for each file that one register alone explains best."""
    found = [one for one in map(_drafted, looks) if one is not None]
    return tuple(_told_apart(found))


def _drafted(look: Look) -> Drafted | None:
    own = by_own_names(look)
    if own is not None and person_column(own.entry) is None:
        return own
    keys = [name for name in look.columns if KEY.match(name)]
    if not keys:
        return None
    benefit = _benefit(look)
    tables = ["benefit_spell"] if benefit else list(KNOWN)
    matches = {table: _columns(KNOWN[table], look) for table in tables}
    marked = {
        table: columns
        for table, columns in matches.items()
        if benefit or _is_marked(KNOWN[table], columns)
    }
    if not marked:
        return None
    most = max(len(columns) for columns in marked.values())
    best = [table for table, columns in marked.items() if len(columns) == most]
    if len(best) > 1:
        return None
    return _entry(best[0], look, marked[best[0]], keys, benefit)


def _is_marked(known: Known, columns: Mapping[str, str]) -> bool:
    """Whether a file has a name that no other register has."""
    if known.only:
        return any(_PREFIX.sub("", name).upper() in known.only for name in columns.values())
    return any(mark in columns for mark in known.marks)


def _entry(
    table: str, look: Look, columns: dict[str, str], keys: list[str], benefit: str
) -> Drafted:
    mapping: dict[str, object] = {"key": keys[0]} if len(keys) > 1 else {}
    if benefit:
        columns.pop("benefit", None)
        mapping["constants"] = {"benefit": benefit}
    mapping["columns"] = columns
    codes = {column: one for column, one in KNOWN[table].codes.items() if column in columns}
    if codes:
        mapping["codes"] = codes
    has = {*columns, *(("benefit",) if benefit else ())}
    if table == "income_year" and columns.get("nok", "") not in look.columns:
        has.add("concept")  # the rest of the name of each wide column
    needed = [name for name in own_columns(table) if TABLES[table].columns[name].required]
    unsure = tuple(name for name in needed if name not in has)
    entry = f"{table}.{benefit}" if benefit else table
    return Drafted(entry, look, mapping, unsure)


def _benefit(look: Look) -> str:
    names = (look.name.rpartition("/")[2], *(_PREFIX.sub("", name) for name in look.columns))
    told = [
        benefit
        for benefit, pattern in BENEFITS.items()
        if any(pattern.fullmatch(name) for name in names)
    ]
    return told[0] if len(told) == 1 else ""


def _columns(known: Known, look: Look) -> dict[str, str]:
    """Return the file's name of each canonical column: a column, or the stem of several."""
    by_name = {_PREFIX.sub("", name).upper(): name for name in look.columns}
    wide = {stem.upper(): stem for stem in (*stems(look.columns), *_first_words(look.columns))}
    columns: dict[str, str] = {}
    for column, names in known.names.items():
        for name in names:
            raw = by_name.get(name) or (wide.get(name) if column in _WIDE else None)
            if raw is not None and raw not in columns.values():
                columns[column] = raw
                break
    return columns


_WIDE = ("grant_nok", "loan_nok", "paid", "nok")


def _first_words(columns: Sequence[str]) -> tuple[str, ...]:
    return tuple(
        dict.fromkeys(
            one.partition("_")[0] for one in columns if one.upper().startswith("INNTEKT_")
        )
    )


def _told_apart(drafts: Sequence[Drafted]) -> list[Drafted]:
    """Give files of the same entry words of their own."""
    entries = [one.entry for one in drafts]
    return [
        one
        if entries.count(one.entry) == 1
        else Drafted(
            f"{one.entry}_{at}" if "." in one.entry else f"{one.entry}.part_{at}",
            one.look,
            one.mapping,
            one.unsure,
        )
        for at, one in enumerate(drafts, start=1)
    ]
