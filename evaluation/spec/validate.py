"""From tables to a typed spec: the common keys here, the rest by each estimator's own file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from pydantic import ValidationError

from evaluation.errors import SpecError
from evaluation.spec.catalogue import Catalogue
from evaluation.spec.derive_options import part_derived, with_operations
from evaluation.spec.faults import lines_of, nearest
from evaluation.spec.model import CheckRequest, Model
from evaluation.spec.options import OptionsModel
from evaluation.spec.spec import Spec

Entry = TypeVar("Entry", Model, CheckRequest)
Offers = Mapping[str, type[OptionsModel]]


@dataclass(frozen=True)
class Selection:
    """An array whose entries each select, by one key, who owns their further keys.

    Attributes
    ----------
    array, noun, selector
        ``models``, estimator, ``estimator``; or ``checks``, check, ``kind``.
    common
        Keys that every entry has.
    offers, planned
        Options by name, and the names whose options nobody knows yet.
    """

    array: str
    noun: str
    selector: str
    common: frozenset[str]
    offers: Offers
    planned: frozenset[str]


@dataclass
class Parted:
    """Entries reduced to their common keys, with what was taken out of them."""

    entries: list[Any] = field(default_factory=list)
    options: list[OptionsModel] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


def validate(tables: Mapping[str, Any], catalogue: Catalogue) -> Spec:
    """Return the spec that ``tables`` describe.

    Raises
    ------
    SpecError
        With a line for every key at fault.
    """
    own = _frozen(tables)
    parted = {one.array: _part(own.get(one.array), one) for one in _selections(catalogue)}
    own.update({array: tuple(p.entries) for array, p in parted.items() if p.entries})
    derived = part_derived(own.get("derive"), catalogue.operations)
    faults = [*(line for part in parted.values() for line in part.faults), *derived.faults]
    try:
        spec = Spec.model_validate(own)
    except ValidationError as error:
        raise SpecError(*lines_of(error, own, Spec), *faults) from None
    if faults:
        raise SpecError(*faults)
    return spec.model_copy(
        update={
            "models": _with_options(spec.models, parted["models"].options),
            "checks": _with_options(spec.checks, parted["checks"].options),
            "derive": with_operations(spec.derive, derived.options),
        }
    )


def _selections(catalogue: Catalogue) -> tuple[Selection, Selection]:
    estimators = {name: offer.options for name, offer in catalogue.estimators.items()}
    checks = {name: offer.options for name, offer in catalogue.checks.items()}
    model_keys = frozenset(Model.model_fields) - {"options"}
    check_keys = frozenset(CheckRequest.model_fields) - {"options"}
    return (
        Selection(
            "models", "estimator", "estimator", model_keys, estimators, catalogue.planned_estimators
        ),
        Selection("checks", "check", "kind", check_keys, checks, catalogue.planned_checks),
    )


def _frozen(value: Any) -> Any:
    """Return TOML values with arrays as tuples, which is what frozen tables hold."""
    if isinstance(value, list):
        return tuple(_frozen(item) for item in value)
    if isinstance(value, dict):
        return {key: _frozen(item) for key, item in value.items()}
    return value


def _part(entries: Any, selection: Selection) -> Parted:
    """Part each entry into the common keys and the options of what it selects."""
    parted = Parted()
    for position, entry in enumerate(entries if isinstance(entries, tuple) else ()):
        if not isinstance(entry, dict):
            parted.entries.append(entry)
            continue
        common = selection.common
        parted.entries.append({key: value for key, value in entry.items() if key in common})
        rest = {key: value for key, value in entry.items() if key not in common}
        name = entry.get(selection.selector)
        where = f"{selection.array}.{entry.get('id') or name or position + 1}"
        if isinstance(name, str) and name in selection.offers:
            found, faults = _options(selection.offers[name], rest, where, common)
            parted.options.append(found)
            parted.faults.extend(faults)
            continue
        parted.options.append(OptionsModel())
        if isinstance(name, str) and name not in selection.planned:
            known = sorted({*selection.offers, *selection.planned})
            parted.faults.append(
                f"{where}.{selection.selector}: unknown {selection.noun} {name!r}"
                f"{nearest(name, known)} (there are: {', '.join(known)})"
            )
    return parted


def _options(
    table: type[OptionsModel], rest: dict[str, Any], where: str, common: frozenset[str]
) -> tuple[OptionsModel, list[str]]:
    """Return an entry's options; unknown keys are told apart from known keys at fault."""
    known = {key: value for key, value in rest.items() if key in table.model_fields}
    allowed = [*table.model_fields, *sorted(common)]
    faults = [
        f"{where}.{key}: unknown key{nearest(key, allowed)} (allowed here: {', '.join(allowed)})"
        for key in rest
        if key not in known
    ]
    try:
        return table.model_validate(known), faults
    except ValidationError as error:
        return OptionsModel(), [*faults, *lines_of(error, known, table, where)]


def _with_options(tables: tuple[Entry, ...], options: list[OptionsModel]) -> tuple[Entry, ...]:
    pairs = zip(tables, options, strict=True)
    return tuple(table.model_copy(update={"options": chosen}) for table, chosen in pairs)
