"""Which layout the files of a folder have, and which tables they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from evaluation.data.registers.drafting.looks import Seen
from evaluation.data.registers.shapes._select import person_column, table_of
from evaluation.data.registers.shapes.contract import Drafted
from evaluation.data.registers.shapes.registry import shape, shape_names

_FORM = "kostra_11f"


@dataclass(frozen=True, slots=True)
class Chosen:
    """What files were told to be.

    Attributes
    ----------
    shape
        The layout of the delivery.
    drafted
        Entries, those of persons first, by table.
    unknown
        Files that no name told.
    """

    shape: str
    drafted: tuple[Drafted, ...]
    unknown: tuple[Seen, ...]


def choose(seen: Sequence[Seen], declared: str) -> Chosen:
    """Return the layout that explains most files; forms 11F may lie among files of another.

    Parameters
    ----------
    seen
        The files.
    declared
        The layout that the delivery says it has; empty where it says nothing.
    """
    looks = [one.look for one in seen]
    forms = [one for one in shape(_FORM).draft(looks) if _of_persons(one)]
    rest = [look for look in looks if look not in [one.look for one in forms]]
    offers = {name: shape(name).draft(rest) for name in shape_names() if name != _FORM}
    best = max(offers, key=lambda name: (sum(map(_of_persons, offers[name])), name == declared))
    if declared in offers:
        best = declared
    if declared == _FORM or (forms and not any(map(_of_persons, offers[best]))):
        layout, drafted = _FORM, list(shape(_FORM).draft(looks))
    else:
        has = {table_of(one.entry) for one in offers[best]}
        added = [_as_form(one) for one in forms if table_of(one.entry) not in has]
        layout, drafted = best, [*offers[best], *added]
    told = [one.look for one in drafted]
    order = sorted(drafted, key=lambda one: (not _of_persons(one), one.entry))
    return Chosen(layout, tuple(order), tuple(one for one in seen if one.look not in told))


def _of_persons(drafted: Drafted) -> bool:
    return person_column(table_of(drafted.entry)) is not None


def _as_form(drafted: Drafted) -> Drafted:
    return replace(drafted, mapping={"shape": _FORM, **drafted.mapping})
