"""What a spec claims, before any data: who is compared, estimand, assumptions, threats."""

from __future__ import annotations

from collections.abc import Iterator

from evaluation.catalogue import catalogue
from evaluation.checks.smallest_effect import bounds_words
from evaluation.report.design_words import design_lines
from evaluation.report.notes import notes_of
from evaluation.report.statements import model_statements
from evaluation.report.words import outcome_label
from evaluation.spec.availability import not_available
from evaluation.spec.columns import columns_of_spec
from evaluation.spec.derived import inputs_of, made_in_order
from evaluation.spec.joined import file_of, joined_columns
from evaluation.spec.spec import Spec

MISSING_WORDS = {
    "unknown": "rows without a match stay, their text 'unknown'",
    "drop": "rows without a match leave",
}


def explain(spec: Spec) -> str:
    """Return a spec in words; needs no data."""
    return "\n".join(_lines(spec)) + "\n"


def _lines(spec: Spec) -> Iterator[str]:
    yield f"{spec.title}"
    yield f"Spec {spec.id}, digest {spec.origin.digest[:16]}, design {spec.design.kind}."
    unavailable = set(not_available(spec, catalogue()))
    for line in sorted(unavailable):
        yield f"! {line}"
    yield ""
    yield "Design"
    for what, words in design_lines(spec):
        yield f"  {what}: {words}"
    planned = catalogue().planned_estimators
    for statement in model_statements(
        spec.model_copy(
            update={"models": tuple(m for m in spec.models if m.estimator not in planned)}
        )
    ):
        yield ""
        yield f"Model {statement.model_id}: {statement.estimator}"
        yield f"  estimand     {statement.estimand}"
        yield f"  equation     {statement.equation}"
        yield f"  inference    {statement.inference}"
        yield f"  details      {statement.details}"
        for text, spoken_to in statement.assumptions:
            yield f"  assumes      {text}"
            yield f"               {spoken_to}"
    yield ""
    for note in notes_of(spec):
        yield f"Note: {note}"
    yield from _threats(spec)
    yield from _bounds(spec)
    yield from _policy(spec)
    named = columns_of_spec(spec)
    made = made_in_order(spec.derive, named)
    parts = (column for name in made for column in inputs_of(spec.derive[name]))
    read = dict.fromkeys(name for name in (*named, *parts) if name not in spec.derive)
    joined = joined_columns(spec)
    yield f"Columns read: {', '.join(name for name in read if name not in joined)}."
    for join in spec.joins:
        yield (
            f"Columns joined from {file_of(join.path)} by {', '.join(join.on)}: "
            f"{', '.join(join.columns)}; {MISSING_WORDS[join.missing]}."
        )
    for name in made:
        one = spec.derive[name]
        yield f"Column derived: {name}, {one.op} of {', '.join(inputs_of(one))}."


def _threats(spec: Spec) -> Iterator[str]:
    if not spec.threats:
        yield "Threats: the spec names none."
    for threat in spec.threats:
        cutoff = "; changes at the cutoff too" if threat.at_cutoff else ""
        yield f"Threat: {threat.name} (affects {threat.affects}{cutoff})."


def _bounds(spec: Spec) -> Iterator[str]:
    for effect in spec.smallest_effect_of_interest:
        label = outcome_label(spec, effect.outcome)
        yield f"Smallest effect of interest: {label}, {bounds_words(effect)}."
    if not spec.smallest_effect_of_interest:
        yield "Smallest effect of interest: none stated, so no effect can be ruled out."


def _policy(spec: Spec) -> Iterator[str]:
    if spec.disclosure is None:
        yield "Disclosure policy: none named; nothing can be released."
    else:
        yield (
            f"Disclosure policy: {spec.disclosure.policy}; a run writes to restricted/ only, "
            "and what the policy refuses is not available yet."
        )
