"""Pair passes: one for each set of rows and variables that a unit-clustered model asks for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from evaluation.cells.needs import CellNeeds, known_name
from evaluation.cells.plan import PREFIX, PairPass, Quantity
from evaluation.cells.planning.flags import POST, PRE, keep_flag
from evaluation.cells.planning.request import quantity_of, treatment_of
from evaluation.spec.design import RdDesign
from evaluation.spec.model import Model
from evaluation.spec.sample import Outcome
from evaluation.spec.spec import Spec


@dataclass(frozen=True)
class Pairing:
    """Pair passes with their names by model and outcome."""

    passes: tuple[PairPass, ...]
    names: Mapping[str, Mapping[str, str]]


def pair_passes(spec: Spec, models: tuple[tuple[Model, CellNeeds], ...]) -> Pairing:
    """Return the pair passes of models whose cluster is the unit.

    Models that differ in bandwidth, order, kernel or rule alone share theirs.

    Parameters
    ----------
    spec
        What is asked; an ``rd`` design.
    models
        Those that run from cells.
    """
    names: dict[str, dict[str, str]] = {}
    made: dict[PairPass, str] = {}
    for model, needs in models:
        if not needs.pairs:
            continue
        for name, outcome in _outcomes(spec, model).items():
            one = _one(spec, model, needs, quantity_of(outcome))
            made.setdefault(one, f"pairs_{len(made) + 1}")
            names.setdefault(model.id, {})[name] = made[one]
    passes = tuple(replace(one, name=name) for one, name in made.items())
    return Pairing(passes, names)


def _outcomes(spec: Spec, model: Model) -> dict[str, Outcome]:
    """Return outcomes by name, and the columns that effects of interest count by theirs."""
    asked = {name: spec.outcomes[name] for name in spec.outcomes_of(model)}
    counted = {
        effect.first_stage: Outcome(column=effect.first_stage, kind="continuous")
        for effect in spec.smallest_effect_of_interest
        if effect.first_stage is not None and effect.outcome in asked
    }
    return {**counted, **asked}


def _one(spec: Spec, model: Model, needs: CellNeeds, outcome: Quantity) -> PairPass:
    if not isinstance(spec.design, RdDesign):
        raise TypeError("pair cells belong to rd designs")
    controls = tuple(Quantity(name, name) for name in model.controls)
    flows = tuple(Quantity(name, name, gap="zero") for name in needs.gaps)
    flows += tuple(Quantity(known_name(name), name, gap="known") for name in needs.known)
    periods = getattr(model.options, "periods", "all")
    flags = {"post": (POST,), "pre": (PRE,)}.get(periods, ())
    kept = (keep_flag(model).name,) if model.keep else ()
    return PairPass(
        name="",
        point=spec.design.running_variable.column,
        post=POST if "post" in needs.roles else None,
        flags=(*flags, *kept),
        quantities=tuple(dict.fromkeys((outcome, *treatment_of(spec), *controls, *flows))),
        third=f"{PREFIX}third" if "third" in needs.roles else None,
    )
