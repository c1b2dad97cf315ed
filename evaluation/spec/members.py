"""The specs that a universe is made of: the spec with the values of one choice set."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from evaluation.errors import SpecError
from evaluation.spec.catalogue import Catalogue
from evaluation.spec.digest import spec_digest
from evaluation.spec.horizons import in_horizons
from evaluation.spec.origin import Origin
from evaluation.spec.rules import broken_rules
from evaluation.spec.settings import Settings, apply_overrides
from evaluation.spec.spec import Spec
from evaluation.spec.universe import MODELS, Choice, choices_of, universe_models
from evaluation.spec.validate import validate

# Judging and arranging are the declared spec's own affair: they move no estimate.
NOT_OF_A_MEMBER = ("vary", "checks", "families", "tables", "heterogeneity", "threats")


@dataclass(frozen=True)
class Member:
    """One specification of a universe.

    Attributes
    ----------
    choice
        What was chosen.
    digest
        That of the declared spec with these values set, as ``--set`` sets them.
    spec
        The spec with the one model; ``None`` where the choice breaks a rule.
    fault
        Which rule.
    declared
        Whether it asks what the spec asks without any choice.
    """

    choice: Choice
    digest: str
    spec: Spec | None
    fault: str = ""
    declared: bool = False


def member_spec(
    tables: Mapping[str, Any],
    catalogue: Catalogue,
    origin: Origin,
    values: Mapping[str, Any],
    model_id: str,
) -> Spec:
    """Return the spec of one choice, with one model and nothing that judges it.

    Parameters
    ----------
    tables
        The declared spec's tables.
    catalogue
        Estimators and checks on offer.
    origin
        Where the declared spec came from.
    values
        Value by path.
    model_id
        The model that stays.

    Raises
    ------
    SpecError
        With every rule that the choice breaks.
    """
    chosen = with_values(tables, values)
    models = [one for one in chosen.get(MODELS, ()) if one.get("id") == model_id]
    own = {key: value for key, value in chosen.items() if key not in NOT_OF_A_MEMBER}
    spec = validate({**own, MODELS: models}, catalogue)
    faults = tuple(broken_rules(spec, catalogue, None))
    if faults:
        raise SpecError(*faults)
    return in_horizons(spec).bound_to(
        Origin(own, origin.folder, origin.values, origin.allowed, spec_digest(chosen))
    )


def with_values(tables: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """Return tables with values in their places, as ``--set`` puts them there.

    Raises
    ------
    SpecError
        Where a path leads nowhere.
    """
    overrides = tuple((tuple(path.split(".")), _listed(value)) for path, value in values.items())
    return apply_overrides(dict(tables), Settings({}, overrides))


def members_of(spec: Spec, catalogue: Catalogue) -> tuple[Member, ...]:
    """Return every specification of a spec's universe, by model.

    Where none of a model's is what the spec declares, that comes first, with number 0.

    Parameters
    ----------
    spec
        The declared spec, with its origin.
    catalogue
        Estimators and checks on offer.
    """
    return tuple(
        member for name in universe_models(spec) for member in _of_model(spec, catalogue, name)
    )


def _of_model(spec: Spec, catalogue: Catalogue, name: str) -> Iterator[Member]:
    tables, origin = spec.origin.raw, spec.origin
    base = member_spec(tables, catalogue, origin, {}, name)
    found: list[Member] = []
    for choice in choices_of(spec, name):
        digest = spec_digest(with_values(tables, choice.values))
        try:
            own = member_spec(tables, catalogue, origin, choice.values, name)
        except SpecError as error:
            found.append(Member(choice, digest, None, "; ".join(error.faults)))
            continue
        found.append(Member(choice, digest, own, declared=_same(own, base)))
    if not any(one.declared for one in found):
        yield Member(Choice(name, 0, {}), origin.digest, base, declared=True)
    yield from found


def _same(one: Spec, other: Spec) -> bool:
    """Whether two specs ask the same, wherever they came from."""
    return all(getattr(one, key) == getattr(other, key) for key in Spec.model_fields)


def _listed(value: Any) -> Any:
    """Return tuples as the arrays that TOML would have given."""
    if isinstance(value, tuple | list):
        return [_listed(item) for item in value]
    if isinstance(value, Mapping):
        return {key: _listed(item) for key, item in value.items()}
    return value
