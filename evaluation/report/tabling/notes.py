"""What a reader must know to read a table: errors, intervals, baselines, truths, stars."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from evaluation.report.tabling.answers import Answers, Entry
from evaluation.report.tabling.layout import Layout
from evaluation.report.tabling.statistics import STARS, answer
from evaluation.report.words import listed
from evaluation.spec.resolve import resolve_inference

BASELINE = frozenset({"baseline_mean", "per_cent_of_baseline"})


def notes_of(answers: Answers, layout: Layout, entries: Sequence[Entry]) -> tuple[str, ...]:
    """Return the notes of a table, without those that explain single cells."""
    shown = {key.name for key in layout.columns if key.axis == "statistic"}
    shown |= {*layout.below, *layout.footer, *(x for one in layout.panels for x in one.footer)}
    filled = [entry for entry in entries if entry.row.estimate is not None]
    if not filled:
        return ()
    return (
        *_below(answers, layout),
        *(_errors(answers, filled) if shown & {"std_error", "interval"} else ()),
        *(_baselines(answers, filled) if shown & BASELINE else ()),
        *(_truths(answers, filled) if "truth" in shown else ()),
        *(_adjusted(answers, filled) if "adjusted_p_value" in shown else ()),
        *(_stars(answers) if layout.stars else ()),
        *(_centred(answers, filled) if "interval" in shown else ()),
    )


def _below(answers: Answers, layout: Layout) -> Iterator[str]:
    said = [
        answers.words.text(f"table.note.{name}")
        for name in layout.below
        if name in ("std_error", "interval")
    ]
    if said:
        text = ", ".join(said)
        yield f"{text[:1].upper()}{text[1:]}."


def _errors(answers: Answers, entries: Sequence[Entry]) -> Iterator[str]:
    """Say of every model what its errors allow for."""
    spec, words = answers.record.spec, answers.words
    found: dict[str, list[str]] = {}
    for name in dict.fromkeys(entry.row.model_id for entry in entries):
        inference = resolve_inference(spec, spec.model(name))
        kind = inference.variance.upper()
        by = listed(inference.cluster, words=words) if inference.cluster else ""
        text = (
            words.text("table.note.clustered", columns=by, kind=kind)
            if by
            else words.text("table.note.not_clustered", kind=kind)
        )
        found.setdefault(text, []).append(name)
    for text, models in found.items():
        yield f"{text}." if len(found) == 1 else f"{text}: {listed(models, words=words)}."


def _baselines(answers: Answers, entries: Sequence[Entry]) -> Iterator[str]:
    kinds = {
        str(found[1]): None
        for entry in entries
        if (found := answers.detail(entry, "baseline_definition", "")) is not None
    }
    for kind in kinds:
        yield answers.words.text(f"table.baseline.{kind}")


def _truths(answers: Answers, entries: Sequence[Entry]) -> Iterator[str]:
    if any(answer(answers, entry, "truth") for entry in entries):
        yield answers.words.text("table.note.truth")


def _adjusted(answers: Answers, entries: Sequence[Entry]) -> Iterator[str]:
    if any(answer(answers, entry, "adjusted_p_value") for entry in entries):
        yield answers.words.text("table.note.adjusted")


def _stars(answers: Answers) -> Iterator[str]:
    words = answers.words
    yield ", ".join(f"{text} p < {words.plain(least)}" for least, text in reversed(STARS)) + "."


def _centred(answers: Answers, entries: Sequence[Entry]) -> Iterator[str]:
    models = {
        entry.row.model_id: None
        for entry in entries
        if answers.detail(entry, "robust_estimate") is not None
    }
    for model in models:
        yield f"{answers.words.text('centred.note', model=model)}."
