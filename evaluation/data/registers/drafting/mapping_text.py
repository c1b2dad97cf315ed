"""A draft of a mapping as text: what is known, and what only the researcher knows as comments."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from evaluation.data.registers.drafting.chosen import Chosen
from evaluation.data.registers.drafting.looks import Found, Seen
from evaluation.data.registers.drafting.manifest import Declared
from evaluation.data.registers.drafting.written import beyond_default, written
from evaluation.data.registers.shapes._select import table_of
from evaluation.data.registers.shapes.contract import Drafted
from evaluation.data.registers.shapes.registry import shape
from evaluation.data.registers.tables.registry import TABLES

_NOTE = 40  # column where comments begin, where there is room
_MOST_NAMES = 60

_HEAD = """\
# Which file of a delivery is which table, and how it is read. Drafted by
#     activity-duty new registers FOLDER
# from the names of files and columns, and from how a few lines are written; no value is in here.
# Read every line. Where a value is "" or a line is commented out, only you can say: nothing is
# built before. An unknown table, column or key is refused, with the nearest known one.
"""
_TAIL = """
# Months of the panel can only be built from what is above. Municipality codes change: where no
# table muni_crosswalk is delivered, name the file of classification 131 of Statistics Norway.
# [municipalities]
# correspondence = "klass_131.csv"
#
# Definitions of columns that have a choice, such as:
# [columns]
# employed = { by = "hours", at_least = 4 }
"""


def mapping_text(chosen: Chosen, found: Found, declared: Declared, folder: str) -> str:
    """Return the text of ``delivery.toml``.

    Parameters
    ----------
    chosen
        Layout and entries.
    found
        The files of the folder.
    declared
        What the delivery says of itself.
    folder
        The delivery's folder as the mapping is to name it.
    """
    samples = {one.look: one.samples for one in found.seen}
    readings = {one.entry: written(one, samples[one.look]) for one in chosen.drafted}
    usual = _usual([seen for seen, _ in readings.values()])
    lines = [
        _HEAD,
        "schema_version = 1",
        f"# {shape(chosen.shape).TITLE}",
        f"shape = {_text(chosen.shape)}",
        _noted(f"folder = {_text(folder)}", "where the files lie, from this file's own folder"),
        *_months(declared),
        *_open_ends(chosen, declared),
        "",
        "[reading]",
        *(f"{key} = {_text(value)}" for key, value in beyond_default(usual).items()),
        *_asked_of_reading(usual),
    ]
    for one in chosen.drafted:
        seen, unsure = readings[one.entry]
        lines += ["", *_entry(one, declared, usual, seen, unsure)]
    lines += _unknown(chosen.unknown, found.unread)
    return "\n".join(lines) + "\n" + _TAIL


def _months(declared: Declared) -> Iterator[str]:
    for key, value, example, words in (
        ("first", declared.first, dt.date(2013, 1, 1), "first month of the panel"),
        ("last", declared.last, dt.date(2019, 12, 1), "last month of the panel"),
    ):
        if value is None:
            yield _noted(f"# {key} = {example}", f"say it: {words}, for which all files speak")
        else:
            yield _noted(f"{key} = {value}", f"{words}, as declared with the delivery")
    if declared.ages is None:
        yield _noted("# ages = [16, 67]", "completed years at a month's end; others have no row")
    else:
        yield _noted(f"ages = {list(declared.ages)}", "completed years, as declared")


def _usual(readings: Sequence[Mapping[str, str]]) -> dict[str, str]:
    """Return the commonest value of each key; the alphabet decides between equals."""
    counts: dict[str, Counter[str]] = {}
    for seen in readings:
        for key, value in seen.items():
            if key != "layout":
                counts.setdefault(key, Counter())[value] += 1
    return {
        key: min(values, key=lambda value: (-values[value], value))
        for key, values in sorted(counts.items())
    }


def _asked_of_reading(usual: Mapping[str, str]) -> Iterator[str]:
    if not usual:
        yield "# every file says itself how it is written"
        return
    yield (
        '# missing = ["", ".", "NA"]           '
        "# texts that stand for no value; add what this owner writes"
    )


def _entry(
    drafted: Drafted,
    declared: Declared,
    usual: Mapping[str, str],
    seen: Mapping[str, str],
    unsure: Sequence[str],
) -> Iterator[str]:
    table = TABLES[table_of(drafted.entry)]
    yield f"[tables.{'.'.join(_key(part) for part in drafted.entry.split('.', 1))}]"
    file = drafted.look.file
    yield f"file = {_text(file) if isinstance(file, str) else _array(file)}"
    mapping = dict(drafted.mapping)
    mapping.pop("reading", None)  # told with the rest of how it is written
    own = {**usual, **seen}
    for key, value in mapping.items():
        yield from _lines(key, value)
    if any(usual.get(key) != value for key, value in own.items()):
        inside = ", ".join(f"{k} = {_text(v)}" for k, v in beyond_default(own).items())
        yield _noted(f"reading = {{ {inside} }}", "written otherwise than the rest")
    for key in unsure:
        yield f"# reading: a few lines do not settle {key}; say it, as in [reading]"
    for column in drafted.unsure:
        yield _noted(
            f'# columns.{column} = ""', "say it: needed, and no column has a name that is known"
        )
    if table.spell is not None:
        yield _open_end(table.name, declared)
        yield _noted('# overlap = "merge"', "spells that overlap: merge | first | error")
    if table.name == "sa_month":
        yield _noted('# several = "sum"', "a month paid by several: sum | largest | error")


def _open_ends(chosen: Chosen, declared: Declared) -> Iterator[str]:
    """Yield the one line that asks of all tables of spells, where some are not declared."""
    tables = {table_of(one.entry) for one in chosen.drafted}
    if any(TABLES[name].spell is not None and name not in declared.open_end for name in tables):
        yield _noted('open_end = ""', "say it: a missing end of a spell is ongoing | drop | error")


def _open_end(table: str, declared: Declared) -> str:
    said = declared.open_end.get(table)
    if said is not None:
        return _noted(f"open_end = {_text(said)}", "a missing end, as declared with the delivery")
    return _noted('# open_end = "drop"', "if a missing end means something else here")


def _lines(key: str, value: Any) -> Iterator[str]:
    if not isinstance(value, Mapping):
        yield f"{key} = {_text(value)}"
        return
    for name, one in value.items():
        if isinstance(one, Mapping):
            inside = ", ".join(f"{_text(k)} = {_text(v)}" for k, v in one.items())
            yield f"{key}.{_key(name)} = {{ {inside} }}"
        else:
            yield f"{key}.{_key(name)} = {_text(one)}"


def _unknown(unknown: Sequence[Seen], unread: Sequence[str]) -> Iterator[str]:
    if unknown:
        yield "\n# Files that no name told: say which table each is, and name its columns."
    for one in unknown:
        names = ", ".join(one.look.columns[:_MOST_NAMES]) or "no line of names"
        more = ", ..." if len(one.look.columns) > _MOST_NAMES else ""
        file = one.look.file
        yield "# [tables.WHICH]"
        yield f"# file = {_text(file) if isinstance(file, str) else _array(file)}"
        yield f"#   its columns: {_one_line(names)}{more}"
    for name in unread:
        yield f"# {_one_line(name)}: could not be read; it may not be whole"


def _noted(line: str, words: str) -> str:
    return f"{line.ljust(_NOTE - 1)} # {words}"


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _array(values: Sequence[str]) -> str:
    return f"[{', '.join(map(_text, values))}]"


def _key(name: str) -> str:
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else _text(name)


def _one_line(text: str) -> str:
    return "".join(one if one.isprintable() else "?" for one in text)
