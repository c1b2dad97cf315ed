"""The keys of derived columns: each operation's own file says which there are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from evaluation.spec.catalogue import OperationOffer
from evaluation.spec.extras import Derived
from evaluation.spec.faults import lines_of, nearest
from evaluation.spec.options import OptionsModel


@dataclass
class PartedDerived:
    """Options by derived column, and a line for every key at fault."""

    options: dict[str, OptionsModel] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)


def part_derived(tables: Any, offers: Mapping[str, OperationOffer]) -> PartedDerived:
    """Return the options of every derived column.

    Parameters
    ----------
    tables
        ``[derive]`` as read.
    offers
        Operations by name.
    """
    parted = PartedDerived()
    for name, table in tables.items() if isinstance(tables, Mapping) else ():
        if not isinstance(table, Mapping):
            continue
        offer = offers.get(str(table.get("op")))
        if offer is None:
            continue  # the common keys say which operations there are
        where = f"derive.{name}"
        own = {key: value for key, value in table.items() if key != "op"}
        fields = offer.options.model_fields
        keys = [field.alias or key for key, field in fields.items()]
        known = {key: value for key, value in own.items() if key in keys}
        parted.faults += [
            f"{where}.{key}: unknown key{nearest(key, keys)} (allowed here: {', '.join(keys)})"
            for key in own
            if key not in known
        ]
        try:
            parted.options[name] = offer.options.model_validate(known)
        except ValidationError as error:
            parted.faults += lines_of(error, known, offer.options, where)
    return parted


def with_operations(
    derived: Mapping[str, Derived], options: Mapping[str, OptionsModel]
) -> dict[str, Derived]:
    """Return derived columns with the options of their operations."""
    return {
        name: one.model_copy(update={"options": options[name]}) for name, one in derived.items()
    }
