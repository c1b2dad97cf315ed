"""Which checks speak to an assumption: of its own model, and of others with the same design."""

from __future__ import annotations

from evaluation.checks.registry import PLANNED
from evaluation.estimators.fitting import setting_of
from evaluation.estimators.registry import estimator
from evaluation.report.language import Language, language_of
from evaluation.report.phrases import concept_of
from evaluation.report.selected import selected
from evaluation.report.words import outcome_label
from evaluation.spec.model import Model
from evaluation.spec.spec import Spec

# Checks of the sample, whatever a model's outcomes; of its rows, and so of persons chosen alike.
OF_SAMPLE = frozenset({"heaping", "selection_near_cutoff"})
OF_ROWS = frozenset({"composition", "covariate_balance", "first_stage", "other_rules"})
# Assumptions that are one for who compares the same groups, in whatever words estimators put them.
# Gaps between gaps, quantiles, switches and other scales are not among them.
ALIKE = (
    frozenset(
        f"assumption.parallel_{name}"
        for name in (
            "trends",
            "hazards",
            "never",
            "never_given",
            "later",
            "later_given",
            "cohort_never",
            "cohort_later",
            "cohort_never_given",
            "cohort_later_given",
            "untreated",
            "cohorts",
        )
    ),
    frozenset(f"assumption.no_anticipation{name}" for name in ("", "_at", "_beyond")),
    frozenset(f"assumption.no_spillover_{name}" for name in ("cohort", "group", "groups")),
    frozenset({"assumption.continuity", "assumption.continuity_fuzzy"}),
)


def spoken_to(spec: Spec, model: Model, assumption: str, kinds: tuple[str, ...]) -> str:
    """Return in words which checks speak to an assumption of a model.

    Those run on the model come first, then those run on another model of the spec that assumes the
    same of the same rows or more, with the outcomes that they share if these are not all; without
    either, those that could.

    Parameters
    ----------
    spec, model
        Whose assumption it is.
    assumption
        As the estimator states it, in English.
    kinds
        Kinds of check that speak to it, see ``Estimator.assumptions``.
    """
    words = language_of(spec.lang)
    if not kinds:
        return words.text("statement.unchecked")
    run = _run(spec, model, kinds)
    parts = [words.text("statement.checked", checks=words.listed(run))] if run else []
    told = set(run)
    for other in spec.models:
        if other.id == model.id or not _covers(other, model):
            continue
        shared = _shared(spec, model, other)
        alike = selected(spec, model).rows == selected(spec, other).rows
        speaking = [
            kind
            for kind in _run(spec, other, _kinds(spec, other, assumption))
            if kind in kinds and kind not in told and _reaches(kind, shared, alike)
        ]
        if speaking:
            key = "statement.also_on" if parts else "statement.checked_on"
            partly = shared if len(shared) < len(spec.outcomes_of(model)) else []
            named = [_named(kind, partly, words) for kind in speaking]
            parts.append(words.text(key, model=other.id, checks=words.listed(named)))
            told.update(speaking)
    return "; ".join(parts) if parts else _not_checked(kinds, words)


def _run(spec: Spec, model: Model, kinds: tuple[str, ...]) -> list[str]:
    """Return those of some kinds of check that are run on a model."""
    asked = {check.kind for check in spec.checks if check.model in (None, model.id)}
    return [kind for kind in kinds if kind in asked and kind not in PLANNED]


def _covers(other: Model, model: Model) -> bool:
    """Whether a model has all the rows of another, as far as its own text says."""
    theirs, mine = (getattr(one.options, "periods", "all") for one in (other, model))
    return all(keep in model.keep for keep in other.keep) and theirs in ("all", mine)


def _shared(spec: Spec, model: Model, other: Model) -> list[str]:
    """Return the labels of outcomes that two models have for the same groups of persons."""
    mine, theirs = selected(spec, model), selected(spec, other)
    measured = spec.outcomes_of(other)
    return [
        outcome_label(spec, name)
        for name in spec.outcomes_of(model)
        if name in measured and mine.of(name) == theirs.of(name)
    ]


def _reaches(kind: str, shared: list[str], alike: bool) -> bool:
    """Whether a check of another model speaks to this one, by outcomes and rows."""
    if kind in OF_ROWS:
        return alike
    return kind in OF_SAMPLE or bool(shared)


def _named(kind: str, outcomes: list[str], words: Language) -> str:
    """Return a check in words, with its outcomes where it looks at some alone."""
    if not outcomes or kind in OF_ROWS | OF_SAMPLE:
        return kind
    return words.text("statement.of_outcomes", check=kind, outcomes=words.listed(outcomes))


def _kinds(spec: Spec, other: Model, assumption: str) -> tuple[str, ...]:
    """Return the checks that speak to what another model assumes of the same kind."""
    wanted = concept_of("assumption", assumption)
    same = next((one for one in ALIKE if wanted in one), frozenset({wanted}))
    stated = estimator(other.estimator).assumptions(setting_of(spec, other))
    found = (
        kind
        for text, kinds in stated
        if text == assumption or concept_of("assumption", text) in same
        for kind in kinds
    )
    return tuple(dict.fromkeys(found))


def _not_checked(kinds: tuple[str, ...], words: Language) -> str:
    named = [
        words.text("statement.planned", check=kind) if kind in PLANNED else kind for kind in kinds
    ]
    return words.text("statement.not_checked", checks=words.listed(named, "or"))
