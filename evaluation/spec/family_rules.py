"""Rules on hypotheses that are tested together: who they are, and by which draws."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from evaluation.spec.catalogue import Catalogue
from evaluation.spec.extras import Family
from evaluation.spec.faults import nearest
from evaluation.spec.spec import Spec

ROMANO_WOLF = "romano_wolf"
HOLM = "method = 'holm' needs no draws"
# What checks.csv says on its own account.
TAKEN = frozenset({"equivalence", "heterogeneity", "identity", "dose"})
Hypothesis = tuple[str, str]


def hypotheses_of(spec: Spec, family: Family) -> tuple[Hypothesis, ...]:
    """Return model and outcome of every hypothesis of a family, models first.

    A model is in it for those of the family's outcomes, of all outcomes where it names none, that
    it is asked for.
    """
    by_id = {model.id: model for model in spec.models}
    return tuple(
        (name, outcome)
        for name in dict.fromkeys(family.models)
        if name in by_id
        for outcome in spec.outcomes_of(by_id[name])
        if not family.outcomes or outcome in family.outcomes
    )


def family_rules(spec: Spec, catalogue: Catalogue) -> Iterator[str]:
    """Yield a line for every rule that a family breaks."""
    checks = {check.name for check in spec.checks}
    for position, family in enumerate(spec.families):
        where = f"families.{family.id}"
        if family.id in checks or family.id in TAKEN:
            yield f"{where}: a check has that name in checks.csv; choose another id"
        faults = [*_names(spec, family, where)]
        yield from faults
        if faults:
            continue
        yield from _members(spec, family, where)
        yield from _same(spec, family, spec.families[:position], where)
        if family.method == ROMANO_WOLF:
            yield from _draws(spec, family, catalogue, where)
        else:
            yield from _without_draws(family, where)


def _names(spec: Spec, family: Family, where: str) -> Iterator[str]:
    known = {"models": [model.id for model in spec.models], "outcomes": list(spec.outcomes)}
    for key, there in known.items():
        for name, count in Counter(getattr(family, key)).items():
            if name not in there:
                yield (
                    f"{where}.{key}: no {key[:-1]} {name!r}{nearest(name, there)} "
                    f"(there are: {', '.join(there) or 'none'})"
                )
            if count > 1:
                yield f"{where}.{key}: names {name!r} {count} times; name it once"


def _members(spec: Spec, family: Family, where: str) -> Iterator[str]:
    members = hypotheses_of(spec, family)
    for key, place in (("models", 0), ("outcomes", 1)):
        for name in getattr(family, key):
            if name not in {member[place] for member in members}:
                rest = "outcomes" if key == "models" else "models"
                yield f"{where}.{key}: {name!r} goes with none of the family's {rest}; leave it out"
    # Horizons are outcomes of their own, which the names alone do not show.
    several = any(spec.outcomes[name].horizons for _, name in members if name in spec.outcomes)
    several |= any(spec.model(name).horizons for name, _ in members)
    if len(members) < 2 and not several:
        yield (
            f"{where}: has {len(members)} hypothes{'is' if len(members) == 1 else 'es'}, so there "
            "is nothing to adjust for; name two or more models or outcomes"
        )


def _same(spec: Spec, family: Family, before: tuple[Family, ...], where: str) -> Iterator[str]:
    own = set(hypotheses_of(spec, family))
    for other in before:
        if other.method == family.method and set(hypotheses_of(spec, other)) == own:
            yield (
                f"{where}: has the hypotheses and the method of families.{other.id}; keep one, or "
                "choose other members"
            )


def _draws(spec: Spec, family: Family, catalogue: Catalogue, where: str) -> Iterator[str]:
    """Yield a line where estimates are not resampled by the same draws of one cluster."""
    models = [spec.model(name) for name in family.models]
    for model in models:
        offer = catalogue.estimators.get(model.estimator)
        if offer is not None and not offer.options.INFLUENCE:
            yield (
                f"{where}: {model.estimator!r} (model {model.id}) does not tell how each cluster "
                f"moves its estimate, so no draws of clusters are shared; {HOLM}"
            )
        elif len(model.clusters) != 1:
            found = "no cluster" if not model.clusters else f"{len(model.clusters)} clusters"
            yield (
                f"{where}: model {model.id} has {found}, and shared draws are of one; name one, or "
                f"{HOLM}"
            )
    named = {model.clusters[0]: model.id for model in reversed(models) if len(model.clusters) == 1}
    if len(named) > 1:
        shown = ", ".join(f"{column} ({model})" for column, model in sorted(named.items()))
        yield (
            f"{where}: models are clustered by different columns, {shown}, so draws of clusters "
            f"are not shared; cluster all by one, or {HOLM}"
        )


def _without_draws(family: Family, where: str) -> Iterator[str]:
    given = [key for key in ("draws", "seed", "weights") if key in family.model_fields_set]
    for key in given:
        yield f"{where}.{key}: {family.method!r} draws nothing; leave it out"
