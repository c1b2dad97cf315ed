"""What must stand beside the estimates of a spec, from its text alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from evaluation.data.functionals.flows import HAZARDS, can_jump
from evaluation.report.language import Language, language_of
from evaluation.report.selected import NOT_RECEIVED, selected, selected_rows
from evaluation.report.words import value_words
from evaluation.spec.breaks import BREAKS, Break, bridged
from evaluation.spec.design import DidDesign, RdDesign
from evaluation.spec.filters import FixedDate
from evaluation.spec.resolve import OFFICE_COLUMNS
from evaluation.spec.spec import Spec

AGE = "age_months"
# Operations of [derive] whose values are estimates.
ESTIMATED = frozenset({"pre_mean", "predicted_risk"})
# Rows chosen by a transition: the duty may change who is among them.
SELECTING_ROWS = frozenset({"entry", "at_risk_entry", "at_risk_exit"})


def notes_of(spec: Spec) -> tuple[str, ...]:
    """Return the notes that a reader needs to take a spec's numbers for what they are."""
    words = language_of(spec.lang)
    return tuple(note for noted in NOTES for note in noted(spec, words))


def _selection(spec: Spec, words: Language) -> Iterator[str]:
    """Say which numbers are of persons whom receipt, or none in the month before, selects."""
    rows = spec.sample.rows
    found = {model: selected(spec, model) for model in spec.models}
    chosen = [
        (name, model.id, {*found[model].of(name)})
        for model in spec.models
        for name in spec.outcomes_of(model)
    ]
    recipients = [(name, model) for name, model, of in chosen if of - {NOT_RECEIVED}]
    if set(selected_rows(spec.sample)) - {NOT_RECEIVED} or 0 < len(chosen) == len(recipients):
        yield words.text("note.selection")
    elif recipients:
        yield words.text("note.selection_of", of=_outcomes_of(recipients, words))
    if isinstance(rows, str) and rows in SELECTING_ROWS:
        yield words.text(f"note.rows.{rows}")
    others = [(name, model) for name, model, of in chosen if NOT_RECEIVED in of]
    if others and rows != NOT_RECEIVED:
        yield words.text("note.entry_of", of=_outcomes_of(others, words))


def _outcomes_of(named: Sequence[tuple[str, str]], words: Language) -> str:
    """Return outcomes of models in words; models with the same outcomes together."""
    outcomes: dict[str, list[str]] = {}
    for name, model in named:
        outcomes.setdefault(model, []).append(name)
    models: dict[str, list[str]] = {}
    for model, names in outcomes.items():
        models.setdefault(words.listed(names), []).append(model)
    return "; ".join(
        words.plural("note.of", len(ids), outcomes=names, models=words.listed(ids))
        for names, ids in models.items()
    )


def _hazards(spec: Spec, words: Language) -> Iterator[str]:
    """Say where a jump of a hazard is an effect and where survivors differ."""
    if not isinstance(spec.design, RdDesign) or spec.sample.rows != "person_month":
        return
    named = [name for name, one in spec.outcomes.items() if one.column in HAZARDS]
    if named:
        yield words.plural("note.hazard", len(named), outcomes=words.listed(named))


def _dates(spec: Spec, words: Language) -> Iterator[str]:
    """Say which rows an outcome at another month leaves out."""
    later = any(one.lead or one.at_age is not None for one in spec.outcomes.values())
    if later and not isinstance(spec.design, RdDesign):
        yield words.text("note.dates")


def _carry_over(spec: Spec, words: Language) -> Iterator[str]:
    """Say what ages compared month by month do not identify."""
    design = spec.design
    if not isinstance(design, DidDesign) or design.treated is None:
        return
    current = not isinstance(design.treated.assigned_at, FixedDate)
    if design.treated.column == AGE and current and any(m.estimand == "att" for m in spec.models):
        yield words.text("note.carry_over")


def _age_shocks(spec: Spec, words: Language) -> Iterator[str]:
    design = spec.design
    by_age = isinstance(design, DidDesign) and design.treated and design.treated.column == AGE
    if by_age and any(set(model.clusters) & OFFICE_COLUMNS for model in spec.models):
        yield words.text("note.age_shocks")


def _partial(spec: Spec, words: Language) -> Iterator[str]:
    """Say how rows partly on either side of a cutoff count."""
    design = spec.design
    if isinstance(design, RdDesign) and design.exposure is not None:
        column, cutoff = design.running_variable.column, value_words(design.cutoff, words)
        yield words.text("note.partial", column=column, cutoff=cutoff, exposure=design.exposure)


def _stocks(spec: Spec, words: Language) -> Iterator[str]:
    design = spec.design
    if not isinstance(design, RdDesign) or design.running_variable.column != AGE:
        return
    jumping = {
        name
        for model in spec.models
        if model.estimand == "itt_at_cutoff"
        for name in spec.outcomes_of(model)
        if not can_jump(spec, model, spec.outcomes[name])
    }
    if jumping:
        yield words.text("note.stocks", outcomes=", ".join(sorted(jumping)))


def _estimated(spec: Spec, words: Language) -> Iterator[str]:
    """Say which derived columns are estimates themselves."""
    made = [name for name, one in spec.derive.items() if one.op in ESTIMATED]
    if made:
        yield words.text("note.estimated", columns=", ".join(made))


def _bridges(spec: Spec, words: Language) -> Iterator[str]:
    """Repeat the breaks of registers that the spec acknowledges."""
    for name, columns in bridged(spec).items():
        yield words.plural(
            "note.bridge",
            len(columns),
            columns=words.listed(columns),
            name=name,
            month=_month(BREAKS[name], words),
            what=words.text(f"break.{name}"),
        )


def _month(one: Break, words: Language) -> str:
    """Return when a break is, in words."""
    first, last = (
        words.period(f"{month // 12}-{month % 12 + 1:02d}") for month in (one.first, one.last)
    )
    return first if first == last else words.text("note.some_month", first=first, last=last)


NOTES: tuple[Callable[[Spec, Language], Iterator[str]], ...] = (
    _selection,
    _hazards,
    _dates,
    _carry_over,
    _age_shocks,
    _partial,
    _stocks,
    _estimated,
    _bridges,
)
