"""Read a mapping: text, types, rules, files; every fault at once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pydantic import ValidationError

from evaluation.data.registers.located import file_faults, origin_of
from evaluation.data.registers.mapping import Delivery
from evaluation.data.registers.mapping_rules import broken_rules
from evaluation.data.registers.tables.registry import TABLES
from evaluation.errors import DataError, SpecError
from evaluation.spec.faults import lines_of
from evaluation.spec.origin import Origin
from evaluation.spec.text import tables_of


def load_delivery(path: Path, origin: Origin) -> Delivery:
    """Return the delivery that the mapping at ``path`` describes.

    Parameters
    ----------
    path
        A TOML file. ``[tables.benefit_spell.aap]`` is the entry ``benefit_spell.aap``.
    origin
        The spec's, for ``${NAME}`` and the folders that may be read.

    Raises
    ------
    SpecError
        With a line for every fault of the text, an unset ``${NAME}`` and a path outside the
        declared folders included.
    DataError
        Where the text is in order and files that it names are missing: a line for each.
    """
    raw = _read(path)
    raw = {**raw, "tables": _flat(raw["tables"])} if isinstance(raw.get("tables"), dict) else raw
    own = _frozen(raw)
    try:
        delivery = Delivery.model_validate(own)
    except ValidationError as error:
        lines = lines_of(error, own, Delivery)
        raise SpecError(*(_one_line(f"{path.name}: {line}") for line in lines)) from None
    text_faults = list(broken_rules(delivery))
    paths, missing = file_faults(delivery, origin_of(path, origin))
    faults = [_one_line(f"{path.name}: {line}") for line in (*text_faults, *paths, *missing)]
    if text_faults or paths:
        raise SpecError(*faults)
    if missing:
        raise DataError(*faults)
    return _with_ends(delivery)


def _with_ends(delivery: Delivery) -> Delivery:
    """Return the mapping with what it says of missing ends in every table of spells."""
    said = {
        entry: one.model_copy(update={"open_end": delivery.open_end})
        for entry, one in delivery.tables.items()
        if one.open_end is None and TABLES[entry.partition(".")[0]].spell is not None
    }
    return delivery.model_copy(update={"tables": {**delivery.tables, **said}})


def _read(path: Path) -> dict[str, Any]:
    try:
        return tables_of(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise DataError(
            f"{path.name}: no such mapping; give its path in panel.mapping, or draft one with "
            "activity-duty new registers FOLDER"
        ) from None
    except IsADirectoryError:
        raise DataError(
            f"{path.name}: is a folder; panel.mapping names a file (.toml), which activity-duty "
            "new registers FOLDER drafts"
        ) from None
    except OSError as error:
        raise DataError(f"{path.name}: cannot be read ({error.strerror})") from None
    except UnicodeDecodeError:
        raise SpecError(f"{path.name}: is not UTF-8 text; save it as UTF-8") from None
    except ValueError as error:
        raise SpecError(_one_line(f"{path.name}: is not TOML: {error}")) from None


def _flat(tables: dict[str, Any]) -> dict[str, Any]:
    """Return ``benefit_spell.aap`` for a table ``aap`` inside ``benefit_spell``."""
    flat: dict[str, Any] = {}
    for name, table in tables.items():
        inner = isinstance(table, dict) and bool(table) and "file" not in table
        if inner and all(isinstance(one, dict) and "file" in one for one in table.values()):
            flat |= {f"{name}.{word}": one for word, one in table.items()}
        else:
            flat[name] = table
    return flat


def _frozen(value: Any) -> Any:
    """Return TOML values with arrays as tuples, which is what frozen tables hold."""
    if isinstance(value, list):
        return tuple(_frozen(item) for item in value)
    if isinstance(value, dict):
        return {key: _frozen(item) for key, item in value.items()}
    return value


def _one_line(text: str) -> str:
    """Return a fault on one line, whatever characters the mapping's own names hold."""
    return "".join(one if one.isprintable() else repr(one)[1:-1] for one in text)
