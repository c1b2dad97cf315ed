"""Which specifications are estimated together: all of one sample, outcomes and design."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from evaluation.checks._variants import uncounted
from evaluation.spec.columns import columns_of_spec
from evaluation.spec.digest import canonical_json
from evaluation.spec.filters import Filter
from evaluation.spec.members import Member
from evaluation.spec.model import CheckRequest, Model
from evaluation.spec.options import Column, OptionsModel
from evaluation.spec.spec import Spec


class _Reads(OptionsModel):
    """Names columns, so that specs that differ in theirs read the same rows."""

    columns: tuple[Column, ...]


@dataclass(frozen=True)
class Group:
    """Specifications that one spec of several models estimates.

    Attributes
    ----------
    spec
        That spec.
    places
        Position among the members of each of its models.
    """

    spec: Spec
    places: tuple[int, ...]


@dataclass(frozen=True)
class _Placed:
    """A member with its place, its spec without what only counts units, and its key."""

    place: int
    spec: Spec
    key: str
    movable: bool


def groups_of(
    members: Sequence[Member], checks: tuple[CheckRequest, ...], *, counted: bool
) -> tuple[Group, ...]:
    """Return specs that together estimate every member, in the order of the members.

    Members that differ in their filters alone become models with their own ``keep`` on the rows
    that all of them share: one pass over the rows answers them. That is done where units are not
    counted, as these are counted by the sample.

    Parameters
    ----------
    members
        Of a universe; those without a spec are passed over.
    checks
        What judges them, for the evidence that their fits are asked for.
    counted
        Whether units must be followed, as they are where rows are estimated from.
    """
    placed = [
        _placed(at, member.spec, counted)
        for at, member in enumerate(members)
        if member.spec is not None
    ]
    shared: dict[str, tuple[Filter, ...]] = {}
    for one in placed:
        keep = one.spec.sample.keep
        before = shared.get(one.key, keep)
        shared[one.key] = tuple(filter for filter in before if filter in keep)
    found: dict[str, list[tuple[_Placed, Model]]] = {}
    for one in placed:
        model = _kept(one, shared[one.key])
        found.setdefault(f"{one.key} {model.keep!r}", []).append((one, model))
    columns: dict[str, str] = {}
    for one in placed:
        columns |= columns_of_spec(one.spec)
    reads = CheckRequest(kind="agreement", id="reads", options=_Reads(columns=tuple(columns)))
    return tuple(
        Group(
            _together(own, shared[own[0][0].key], (*checks, reads)),
            tuple(one.place for one, _ in own),
        )
        for own in found.values()
    )


def _placed(place: int, spec: Spec, counted: bool) -> _Placed:
    followed = counted or getattr(spec.design, "unbalanced", "keep") != "keep"
    own = spec if followed else uncounted(spec)
    movable = own.panel.unit is None and own.sample.rows == "person_month" and not own.derive
    rest = own.model_dump(mode="json", exclude={"models"})
    if movable:
        rest["sample"].pop("keep")
    return _Placed(place, own, canonical_json(rest), movable)


def _kept(one: _Placed, shared: tuple[Filter, ...]) -> Model:
    """Return the model with the filters that its sample does not share with the others."""
    (model,) = one.spec.models
    own = () if not one.movable else one.spec.sample.keep
    rest = tuple(filter for filter in own if filter not in shared)
    # Models of one spec need ids of their own.
    return model.model_copy(
        update={"id": f"{model.id}_{one.place + 1}", "keep": (*rest, *model.keep)}
    )


def _together(
    own: list[tuple[_Placed, Model]],
    shared: tuple[Filter, ...],
    checks: tuple[CheckRequest, ...],
) -> Spec:
    first = own[0][0]
    keep = shared if first.movable else first.spec.sample.keep
    changed = {
        "models": tuple(model for _, model in own),
        "sample": first.spec.sample.model_copy(update={"keep": keep}),
        "checks": tuple(one.model_copy(update={"model": None}) for one in checks),
    }
    return first.spec.model_copy(update=changed).bound_to(first.spec.origin)
