"""Which variable a file of events holds, by its name."""

from __future__ import annotations

from collections.abc import Sequence

from evaluation.data.registers.shapes._events import VARIABLES
from evaluation.data.registers.shapes._extract_names import BENEFITS
from evaluation.data.registers.shapes._recognised import by_own_names
from evaluation.data.registers.shapes._select import person_column, table_of, word_of
from evaluation.data.registers.shapes.contract import Drafted, Look


def drafted(looks: Sequence[Look], fields: Sequence[str]) -> tuple[Drafted, ...]:
    """Return an entry for each file that is named after a known variable."""
    found = (_drafted(look, fields) for look in looks)
    return tuple(one for one in found if one is not None)


def _drafted(look: Look, fields: Sequence[str]) -> Drafted | None:
    own = by_own_names(look)
    if own is not None and person_column(own.entry) is None:
        return own
    named = {name.lower() for name in look.columns}
    if look.headed and not named.issuperset(fields[:2]):
        return None
    name = look.name.rpartition("/")[2].upper()
    benefit = next((one for one, pattern in BENEFITS.items() if pattern.fullmatch(name)), None)
    if benefit is not None:
        return Drafted(f"benefit_spell.{benefit}", look, {"constants": {"benefit": benefit}})
    entry = VARIABLES.get(name)
    if entry is None:
        return None
    if table_of(entry) == "income_year":
        return Drafted(entry, look, {"constants": {"concept": word_of(entry)}})
    return Drafted(entry, look, {})
