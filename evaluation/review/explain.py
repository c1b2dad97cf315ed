"""What a spec claims, before any data: who is compared, estimand, assumptions, threats."""

from __future__ import annotations

from collections.abc import Iterator

from evaluation.catalogue import catalogue
from evaluation.checks._families import SOURCES as ADJUSTED
from evaluation.release.foreseen import foreseen
from evaluation.release.policy import policy_of
from evaluation.report.bound_words import bounds_words
from evaluation.report.design_words import design_lines
from evaluation.report.language import Language, language_of
from evaluation.report.notes import notes_of
from evaluation.report.statements import model_statements
from evaluation.report.words import outcome_label
from evaluation.spec.availability import not_available
from evaluation.spec.columns import columns_of_spec
from evaluation.spec.derived import inputs_of, made_in_order
from evaluation.spec.family_rules import hypotheses_of
from evaluation.spec.joined import file_of, joined_columns
from evaluation.spec.spec import Spec
from evaluation.spec.universe import size_words, universe_models, universe_size

# Width of what a line of a model is about.
ABOUT = 12


def explain(spec: Spec, detectable: tuple[str, ...] = ()) -> str:
    """Return a spec in words; needs no data.

    Parameters
    ----------
    spec
        What is explained.
    detectable
        What is known of the effects that it can detect.
    """
    return "\n".join(_lines(spec, detectable)) + "\n"


def _lines(spec: Spec, detectable: tuple[str, ...]) -> Iterator[str]:
    words = language_of(spec.lang)
    yield f"{spec.title}"
    named_by = {"id": spec.id, "digest": spec.origin.digest[:16], "kind": spec.design.kind}
    yield words.text("explain.spec", **named_by)
    unavailable = set(not_available(spec, catalogue()))
    for line in sorted(unavailable):
        yield f"! {line}"
    yield ""
    yield words.text("explain.design")
    for what, line in design_lines(spec):
        yield f"  {what}: {line}"
    planned = catalogue().planned_estimators
    for statement in model_statements(
        spec.model_copy(
            update={"models": tuple(m for m in spec.models if m.estimator not in planned)}
        )
    ):
        yield ""
        yield words.text("explain.model", model=statement.model_id, estimator=statement.estimator)
        for about in ("estimand", "equation", "inference", "details"):
            yield _about(words.text(f"explain.{about}"), getattr(statement, about))
        for text, spoken_to in statement.assumptions:
            yield _about(words.text("explain.assumes"), text)
            yield _about("", spoken_to)
    yield ""
    for note in notes_of(spec):
        yield words.text("explain.note", note=note)
    yield from _universe(spec, words)
    yield from _threats(spec, words)
    yield from _bounds(spec, words)
    yield from _families(spec, words)
    yield from _worth(spec, words)
    yield from detectable
    yield from _policy(spec, words)
    named = columns_of_spec(spec)
    made = made_in_order(spec.derive, named)
    parts = (column for name in made for column in inputs_of(spec.derive[name]))
    read = dict.fromkeys(name for name in (*named, *parts) if name not in spec.derive)
    joined = joined_columns(spec)
    columns = ", ".join(name for name in read if name not in joined)
    yield words.text("explain.read", columns=columns)
    for join in spec.joins:
        yield words.text(
            "explain.joined",
            file=file_of(join.path),
            keys=", ".join(join.on),
            columns=", ".join(join.columns),
            unmatched=words.text(f"explain.unmatched.{join.missing}"),
        )
    for name in made:
        one = spec.derive[name]
        parts_of = ", ".join(inputs_of(one))
        yield words.text("explain.derived", column=name, operation=one.op, columns=parts_of)


def _about(what: str, text: str) -> str:
    return f"  {what:<{ABOUT}} {text}"


def _universe(spec: Spec, words: Language) -> Iterator[str]:
    if spec.vary:
        models = universe_models(spec)
        yield words.plural(
            "explain.universe",
            len(models),
            count=words.count(universe_size(spec)),
            models=", ".join(models),
            size=size_words(spec),
        )


def _threats(spec: Spec, words: Language) -> Iterator[str]:
    if not spec.threats:
        yield words.text("explain.no_threats")
    for threat in spec.threats:
        key = "explain.threat_at_cutoff" if threat.at_cutoff else "explain.threat"
        yield words.text(key, name=threat.name, affects=threat.affects)


def _bounds(spec: Spec, words: Language) -> Iterator[str]:
    for effect in spec.smallest_effect_of_interest:
        label = outcome_label(spec, effect.outcome)
        bounds = bounds_words(effect, words)
        yield words.text("explain.bound", outcome=label, bounds=bounds)
    if not spec.smallest_effect_of_interest:
        yield words.text("explain.no_bound")


def _families(spec: Spec, words: Language) -> Iterator[str]:
    for family in spec.families:
        tested = (
            f"{model} {outcome_label(spec, outcome)}"
            for model, outcome in hypotheses_of(spec, family)
        )
        yield words.text(
            "explain.family",
            id=family.id,
            hypotheses=", ".join(tested),
            method=words.listed(ADJUSTED[family.method].split(" and ")),
        )


def _worth(spec: Spec, words: Language) -> Iterator[str]:
    for one in spec.worth:
        items = ", ".join(outcome_label(spec, item.outcome) for item in one.items)
        yield words.text("explain.worth", id=one.id, unit=one.unit, items=items)


def _policy(spec: Spec, words: Language) -> Iterator[str]:
    if spec.disclosure is None:
        yield words.text("explain.no_policy")
        return
    policy = policy_of(spec.disclosure.policy, spec.origin.folder)
    title = "; ".join([policy.head.title, *([words.text("policy.own")] if policy.own else [])])
    yield words.text("explain.policy", policy=policy.name, title=title)
    seen = [words.text(line.key, **line.values) for line in foreseen(spec, policy)]
    yield from (f"  - {line}" for line in seen or [words.text("policy.nothing")])
