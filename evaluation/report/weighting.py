"""Over whom a model's estimates are, and how rows count, in words."""

from __future__ import annotations

from collections.abc import Iterable

from evaluation.report.language import Language, language_of
from evaluation.report.selected import selected
from evaluation.report.words import outcome_label
from evaluation.spec.model import Model
from evaluation.spec.spec import Spec


def weighting(spec: Spec, model: Model) -> str:
    """Return the population and the weights of a model's estimates in words.

    Where only some outcomes are of a part of the rows, such as transitions of those at risk, they
    are named after the population of the others.
    """
    words, found = language_of(spec.lang), selected(spec, model)
    names = spec.outcomes_of(model)
    groups = {found.of(name) for name in names}
    if len(groups) == 1:
        return _weighted(spec, _population(groups.pop(), words), words)
    said = _weighted(spec, _population(found.rows, words), words)
    for group in dict.fromkeys(group for _, group in found.outcomes):
        labels = [outcome_label(spec, name) for name, one in found.outcomes if one == group]
        population = _population((*found.rows, group), words)
        said = words.text(
            "weighting.outcomes",
            weighting=said,
            outcomes=words.listed(labels),
            population=population,
        )
    return said


def _population(groups: Iterable[str], words: Language) -> str:
    """Return a population in words, each group inside those before it."""
    first, *others = [words.text(f"weighting.{one}") for one in groups] or [
        words.text("weighting.population")
    ]
    for one in others:
        first = words.text("weighting.inside", population=first, group=one)
    return first


def _weighted(spec: Spec, population: str, words: Language) -> str:
    rows = spec.sample.rows
    if spec.design.kind == "single_unit":
        return words.text("weighting.single_unit", population=population)
    if spec.panel.weight is not None:
        column = spec.panel.weight
        return words.text("weighting.weighted", population=population, column=column)
    if isinstance(rows, str):
        return words.text("weighting.rows", population=population)
    return words.text("weighting.grouped", population=population, columns=", ".join(rows.by))
