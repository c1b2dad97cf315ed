"""Rules across the keys of a spec: each yields a line for what its text alone shows."""

from __future__ import annotations

import codecs
from collections import Counter
from collections.abc import Iterator

from evaluation.errors import SpecError
from evaluation.spec.breaks import break_rules
from evaluation.spec.catalogue import Catalogue
from evaluation.spec.cutoff_rules import cutoff_rules
from evaluation.spec.database import address_of
from evaluation.spec.date_rules import date_rules
from evaluation.spec.derive_rules import derive_rules
from evaluation.spec.design_rules import design_rules
from evaluation.spec.family_rules import family_rules
from evaluation.spec.faults import nearest
from evaluation.spec.join_rules import join_rules
from evaluation.spec.language_rules import language_rules
from evaluation.spec.mechanical import mechanical_rules
from evaluation.spec.model_rules import model_rules
from evaluation.spec.names import RESERVED_IDS, PathName
from evaluation.spec.origin import Origin
from evaluation.spec.panel import FilePanel, SqlPanel, SyntheticPanel
from evaluation.spec.paths import PLACEHOLDER, resolve
from evaluation.spec.spec import Spec
from evaluation.spec.table_rules import table_rules
from evaluation.spec.time_rules import time_rules
from evaluation.spec.treatment_rules import treatment_rules
from evaluation.spec.walk import marked_values
from evaluation.spec.worth_rules import worth_rules


def broken_rules(spec: Spec, catalogue: Catalogue, origin: Origin | None) -> Iterator[str]:
    """Yield a line for every rule that ``spec`` breaks."""
    own = (_checks, _heterogeneity, _smallest_effects)
    for rule in (_ids, time_rules, design_rules, *own):
        yield from rule(spec)
    yield from date_rules(spec)
    yield from cutoff_rules(spec)
    yield from treatment_rules(spec)
    yield from model_rules(spec, catalogue)
    yield from derive_rules(spec, catalogue)
    yield from join_rules(spec)
    yield from table_rules(spec)
    yield from family_rules(spec, catalogue)
    yield from worth_rules(spec)
    yield from mechanical_rules(spec)
    yield from language_rules(spec, catalogue)
    yield from break_rules(spec)
    if isinstance(spec.panel, SyntheticPanel) and spec.panel.world not in catalogue.worlds:
        yield (
            f"panel.world: unknown world {spec.panel.world!r}"
            f"{nearest(spec.panel.world, catalogue.worlds)} "
            f"(there are: {', '.join(catalogue.worlds)})"
        )
    if isinstance(spec.panel, FilePanel) and not _is_encoding(spec.panel.encoding):
        yield (
            f"panel.encoding: found {spec.panel.encoding!r}; allowed: a text encoding such as "
            "'utf-8' or 'latin-1'"
        )
    if origin is not None:
        yield from _paths(spec, origin)
    yield from _placeholders(spec)


def _is_encoding(name: str) -> bool:
    try:
        codecs.lookup(name)
    except (LookupError, ValueError):
        return False
    return True


def _ids(spec: Spec) -> Iterator[str]:
    if spec.id in RESERVED_IDS:
        yield f"id: {spec.id!r} is reserved; choose another"
    names = [("models", model.id) for model in spec.models]
    names += [("checks", check.name) for check in spec.checks]
    names += [("families", family.id) for family in spec.families]
    names += [("tables", table.id) for table in spec.tables]
    for (array, name), count in Counter(names).items():
        if count > 1:
            mend = "two checks of a kind each need an id" if array == "checks" else "ids are unique"
            yield f"{array}.{name}: stands {count} times; {mend}"


def _checks(spec: Spec) -> Iterator[str]:
    known = [model.id for model in spec.models]
    for check in spec.checks:
        if check.model is not None and check.model not in known:
            yield (
                f"checks.{check.name}.model: no model {check.model!r}"
                f"{nearest(check.model, known)} (there are: {', '.join(known) or 'none'})"
            )
        yield from check.options.faults(spec, check, f"checks.{check.name}")


def _heterogeneity(spec: Spec) -> Iterator[str]:
    known = [model.id for model in spec.models]
    for position, one in enumerate(spec.heterogeneity, start=1):
        where = f"heterogeneity.{position}"
        for name in one.models:
            if name not in known:
                yield (
                    f"{where}.models: no model {name!r}{nearest(name, known)} "
                    f"(there are: {', '.join(known) or 'none'})"
                )
        for key in ("by", "models"):
            for name, count in Counter(getattr(one, key)).items():
                if count > 1:
                    yield f"{where}.{key}: names {name!r} {count} times; name it once"
        for column in one.by:
            taken = [name for name, made in spec.outcomes.items() if made.column == column]
            if taken:
                yield f"{where}.by: {column!r} is outcome {taken[0]!r}; name another column"
            if column in (spec.panel.unit, spec.panel.time):
                yield f"{where}.by: {column!r} is the panel's unit or time; name another column"


def _smallest_effects(spec: Spec) -> Iterator[str]:
    stated = Counter((one.outcome, one.unit) for one in spec.smallest_effect_of_interest)
    for effect in spec.smallest_effect_of_interest:
        where = f"smallest_effect_of_interest.{effect.outcome}"
        if effect.outcome not in spec.outcomes:
            yield (
                f"{where}: no outcome {effect.outcome!r}{nearest(effect.outcome, spec.outcomes)} "
                f"(there are: {', '.join(spec.outcomes)})"
            )
        count = stated[effect.outcome, effect.unit]
        if count > 1:
            stated[effect.outcome, effect.unit] = 0
            yield f"{where}: stands {count} times in {effect.unit!r}; state one bound a unit"
        both = effect.low is not None and effect.high is not None
        if (effect.value is None) != both or (effect.value is not None and effect.low is not None):
            yield f"{where}: give either value, or low and high"
        if effect.unit != "per_person" and effect.first_stage is None:
            yield f"{where}.first_stage: is missing; unit {effect.unit!r} counts a column, name it"
        if effect.largest is not None and effect.first_stage is None:
            yield f"{where}.largest: is of one counted unit; name the column as first_stage"


def _paths(spec: Spec, origin: Origin) -> Iterator[str]:
    for where, text in marked_values(spec, PathName):
        if where in ("extends", "panel.url", "panel.table"):
            continue
        try:
            resolve(text, origin, where)
        except SpecError as error:
            yield from error.faults
    if isinstance(spec.panel, SqlPanel):
        try:
            address_of(spec.panel, origin)
        except SpecError as error:
            yield from error.faults


def _placeholders(spec: Spec) -> Iterator[str]:
    named = {text for _, text in marked_values(spec, PathName)}
    for where, text in _texts(spec.model_dump(), ""):
        if PLACEHOLDER.search(text) and text not in named:
            yield f"{where}: ${{NAME}} may stand only in paths and addresses"


def _texts(value: object, where: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield where.removeprefix("."), value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _texts(item, f"{where}.{key}")
    elif isinstance(value, tuple | list):
        for position, item in enumerate(value):
            yield from _texts(item, f"{where}.{position + 1}")
