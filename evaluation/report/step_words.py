"""The steps of a sample in a language: the spec says what each of them left out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from evaluation.data.panel import FlowStep
from evaluation.data.step_words import filter_words, interval_words
from evaluation.report.language import DEFAULT, Language, language_of
from evaluation.report.phrases import said
from evaluation.report.words import condition_words, date_words
from evaluation.spec.names import Interval
from evaluation.spec.spec import Spec


def step_words(spec: Spec, step: str) -> str:
    """Return a step of the flow, as the rows counted it, in the language of the spec."""
    words = language_of(spec.lang)
    return dict(_steps(spec, words)).get(step) or said("flow", step, words)


def steps_in_words(spec: Spec, steps: Iterable[FlowStep]) -> tuple[FlowStep, ...]:
    """Return the steps of a flow, each named in the language of the spec."""
    return tuple(replace(one, step=step_words(spec, one.step)) for one in steps)


def _steps(spec: Spec, words: Language) -> Iterator[tuple[str, str]]:
    """Yield the steps that the spec's filters make, as they are counted and as they are said."""
    if words.code == DEFAULT:
        return
    if spec.panel.window is not None:
        span = _span(spec.panel.window, words)
        yield (
            f"window {interval_words(spec.panel.window)}",
            words.text("flow.window", span=span),
        )
    for keep in spec.sample.keep:
        condition = condition_words(keep, words)
        yield f"keep {filter_words(keep)}", words.text("flow.keep", condition=condition)
    for drop in spec.sample.drop:
        condition = condition_words(drop, words)
        yield f"drop {filter_words(drop)}", words.text("flow.drop", condition=condition)
    for interval in spec.sample.drop_periods:
        span = _span(interval, words)
        yield (
            f"drop periods {interval_words(interval)}",
            words.text("flow.drop_periods", span=span),
        )


def _span(interval: Interval, words: Language) -> str:
    ends = {"first": date_words(interval[0], words), "last": date_words(interval[1], words)}
    return words.text("sample.span", **ends)
