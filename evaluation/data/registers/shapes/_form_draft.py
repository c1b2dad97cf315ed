"""Which files hold the form 11F, by its fields."""

from __future__ import annotations

import re
from collections.abc import Sequence

from evaluation.data.registers.shapes._form_11f import FIELDS
from evaluation.data.registers.shapes._form_fields import NEEDED
from evaluation.data.registers.shapes._recognised import by_own_names
from evaluation.data.registers.shapes._select import KEY, found, person_column
from evaluation.data.registers.shapes.contract import Drafted, Look

# A file with these is the form, whatever it is called.
_MARKS = ("KOMMUNE_NR", "VERSION", "VKLO", "STMND_1", "STMND_12")


def drafted(looks: Sequence[Look]) -> tuple[Drafted, ...]:
    """Return an entry for each table of each file that is the form."""
    own = (by_own_names(look) for look in looks)
    places = [one for one in own if one is not None and person_column(one.entry) is None]
    forms = [look for look in looks if _is_form(look)]
    entries = [_entry(table, look, len(forms) > 1) for table in NEEDED for look in forms]
    return (*entries, *places)


def _is_form(look: Look) -> bool:
    """Whether a file has the form's fields, or lines as long as all of them together."""
    return look.width == sum(FIELDS.values()) or all(found(m, look.columns) for m in _MARKS)


def _entry(table: str, look: Look, several: bool) -> Drafted:
    keys = [name for name in look.columns if KEY.match(name)]
    mapping: dict[str, object] = {"key": keys[0]} if len(keys) > 1 else {}
    mapping["reading"] = {"dates": "DDMMYY", **({"layout": "fixed"} if look.width else {})}
    needed = () if look.width else NEEDED[table]
    absent = tuple(name for name in needed if found(name, look.columns) is None)
    word = re.sub(r"\W+", "_", look.name).strip("_")
    return Drafted(f"{table}.{word}" if several else table, look, mapping, absent)
