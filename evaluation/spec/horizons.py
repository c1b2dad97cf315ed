"""Outcomes at several horizons: one outcome each, known by name and months."""

from __future__ import annotations

from collections.abc import Iterable

from evaluation.spec.extras import Family, SmallestEffect
from evaluation.spec.model import Model
from evaluation.spec.sample import Identity, Outcome
from evaluation.spec.spec import Spec
from evaluation.spec.worth import Worth

# No name of an outcome holds it.
MARK = "@"
Places = dict[str, tuple[str, ...]]


def at_horizon(name: str, months: int) -> str:
    """Return the name of an outcome at one horizon."""
    return f"{name}{MARK}{months}"


def parted(name: str) -> tuple[str, int | None]:
    """Return an outcome's name in the spec's text, and its horizon where it has one."""
    own, _, months = name.partition(MARK)
    return own, int(months) if months else None


def in_horizons(spec: Spec) -> Spec:
    """Return the spec with an outcome for every horizon, in the place of the one that has them.

    The horizons of a model go before those of its outcomes. Everything that names an outcome names
    all of its horizons then.
    """
    own = {name: one.horizons for name, one in spec.outcomes.items()}
    if not any(own.values()) and not any(model.horizons for model in spec.models):
        return spec
    models = tuple(_of_model(spec, model) for model in spec.models)
    asked = dict.fromkeys(name for model in models for name in model.outcomes)
    places: Places = {
        name: tuple(one for one in asked if parted(one)[0] == name)
        or tuple(at_horizon(name, one) for one in own[name] or ())
        or (name,)
        for name in own
    }
    outcomes = {
        one: _outcome(spec.outcomes[name], parted(one)[1])
        for name, several in places.items()
        for one in several
    }
    return spec.model_copy(
        update={
            "outcomes": outcomes,
            "models": models,
            "identities": tuple(_identities(spec.identities, places)),
            "families": tuple(_family(one, places) for one in spec.families),
            "smallest_effect_of_interest": tuple(
                _effects(spec.smallest_effect_of_interest, places)
            ),
            "worth": tuple(_worth(one) for one in spec.worth),
        }
    )


def _of_model(spec: Spec, model: Model) -> Model:
    names = []
    for name in spec.outcomes_of(model):
        months = model.horizons or spec.outcomes[name].horizons or ()
        names += [at_horizon(name, one) for one in months] or [name]
    return model.model_copy(update={"outcomes": tuple(names)})


def _outcome(outcome: Outcome, months: int | None) -> Outcome:
    if months is None:
        return outcome
    return outcome.model_copy(update={"horizons": (months,)})


def _identities(identities: Iterable[Identity], places: Places) -> Iterable[Identity]:
    for one in identities:
        for total in places[one.total]:
            months = parted(total)[1]
            parts = tuple(p if months is None else at_horizon(p, months) for p in one.parts)
            yield one.model_copy(update={"total": total, "parts": parts})


def _effects(effects: Iterable[SmallestEffect], places: Places) -> Iterable[SmallestEffect]:
    for one in effects:
        for name in places[one.outcome]:
            yield one.model_copy(update={"outcome": name})


def _worth(worth: Worth) -> Worth:
    items = tuple(
        item
        if item.horizon is None
        else item.model_copy(update={"outcome": at_horizon(item.outcome, item.horizon)})
        for item in worth.items
    )
    return worth.model_copy(update={"items": items})


def _family(family: Family, places: Places) -> Family:
    names = tuple(one for name in family.outcomes for one in places[name])
    return family.model_copy(update={"outcomes": names})
