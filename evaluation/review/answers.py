"""Which questions cells answer: each is asked of them, and what refuses it is kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evaluation.catalogue import catalogue
from evaluation.cells.plan import PREFIX
from evaluation.cells.store.kept import Kept, read_kept
from evaluation.cells.store.lacking import is_there
from evaluation.errors import DataError, SpecError
from evaluation.estimators.fitting import fit_models
from evaluation.estimators.supplying import given_supply
from evaluation.review.unanswered import unanswered
from evaluation.review.variants import Variant, variants_of
from evaluation.spec.loader import build_spec
from evaluation.spec.origin import Origin
from evaluation.spec.settings import parse_settings
from evaluation.spec.spec import Spec

NEEDS = "needs the rows of the panel, and only cells were given: "
# More values than these are those of an amount or of a unit, not of a group.
MOST_LEVELS = 5000


@dataclass(frozen=True)
class Answer:
    """Whether cells answer a question about one model.

    ``reason`` is empty where they do.
    """

    model_id: str
    variant: Variant | None
    reason: str


def answers_of(spec: Spec, cells: Path) -> tuple[Answer, ...]:
    """Ask cells a spec's own question and those near it; estimate each.

    A question that the spec's rules refuse is none, and is left out.

    Parameters
    ----------
    spec
        What the cells were made for.
    cells
        Their folder, in the format of the store.

    Raises
    ------
    DataError
        Where the cells are damaged.
    """
    kept = read_kept(cells)
    found = [_asked(spec, model.id, None, cells) for model in spec.models]
    for variant in variants_of(spec, levels_of(kept)):
        asked = _spec_with(spec, variant)
        if asked is not None:
            ids = variant.models or tuple(model.id for model in spec.models)
            found += [_asked(asked, name, variant, cells) for name in ids]
    return tuple(found)


def levels_of(kept: Kept) -> Mapping[str, Sequence[Any]]:
    """Return the values of every key column that every file of cells has, sorted.

    Raises
    ------
    DataError
        Where a file is damaged.
    """
    found: dict[str, Sequence[Any]] = {}
    for one in kept.plan.passes:
        if not is_there(one.name, kept):
            continue
        frame = kept.frame(one.name)
        for name in one.key:
            if name.startswith(PREFIX) or name in found or name == kept.plan.time:
                continue
            values = [_plain(value) for value in frame[name].dropna().unique()]
            if len(values) <= MOST_LEVELS and all(isinstance(x, int | str) for x in values):
                found[name] = sorted(values, key=lambda x: (isinstance(x, str), x))
    return found


def _plain(value: Any) -> object:
    """Return a value of a column as TOML has it; whole floats are whole numbers."""
    held = value.item() if hasattr(value, "item") else value
    return int(held) if isinstance(held, float) and held.is_integer() else held


def _spec_with(spec: Spec, variant: Variant) -> Spec | None:
    origin = Origin(folder=spec.origin.folder, values=spec.origin.values)
    try:
        found = build_spec(
            dict(spec.origin.raw), catalogue(), settings=parse_settings([variant.setting]),
            origin=origin, label=spec.id, with_paths=False,
        )  # fmt: skip
    except SpecError:
        return None
    # What the cells cannot count per person treated was taken out before they were asked.
    effects = {"smallest_effect_of_interest": spec.smallest_effect_of_interest}
    return found.model_copy(update=effects).bound_to(found.origin)


def _asked(spec: Spec, model_id: str, variant: Variant | None, cells: Path) -> Answer:
    """Estimate one model alone; what is judged beside it is left out."""
    chosen = {"models": (spec.model(model_id),), "checks": (), "heterogeneity": (), "vary": ()}
    alone = spec.model_copy(update=chosen).bound_to(spec.origin)
    if lacks := unanswered(alone, cells):
        return Answer(model_id, variant, lacks)
    try:
        (result,) = fit_models(alone, given_supply(alone, cells))
    except DataError as error:
        return Answer(model_id, variant, error.faults[0])
    reasons = (one.reason.removeprefix(NEEDS) for one in result.failures.values())
    return Answer(model_id, variant, "; ".join(dict.fromkeys(reasons)))
