"""Every line that trials ask for, and the spec that it is drawn by."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from study_panels.trial import Placebo, Trial, read_trials

if TYPE_CHECKING:
    from evaluation import Spec

STUDIES = Path(__file__).resolve().parents[3] / "specs" / "studies"
NULL, BROKEN = "null", "found"
# Estimands that divide by a first stage: it is named by a bound.
RATIOS = frozenset({"late", "late_at_cutoff"})


@dataclass(frozen=True)
class Asked:
    """One line of the table.

    Attributes
    ----------
    study, trial
        Whose line it is.
    expected
        ``coverage``, ``coverage_at_least``, ``placebo_size`` or ``refuses`` of the study itself;
        ``null`` or ``found`` of a placebo.
    placebo
        Which comparison; ``None`` for the study itself.
    """

    study: str
    trial: Trial
    expected: str
    placebo: Placebo | None = None

    @property
    def key(self) -> str:
        """Name of the line: the study; of a placebo behind a slash."""
        if self.placebo is None:
            return self.study
        named = f"{self.study}/{self.placebo.name}"
        return named if self.expected == NULL else f"{named} broken"

    @property
    def models(self) -> tuple[str, ...]:
        """Models that are fitted; all where none is named."""
        if self.placebo is None:
            return self.trial.models
        return (self.placebo.model,) if self.placebo.model else ()

    @property
    def outcomes(self) -> tuple[str, ...]:
        """Outcomes of these; all where none is named."""
        return self.trial.outcomes if self.placebo is None else (self.placebo.outcome,)

    @property
    def estimand(self) -> str:
        """Names the number where a model gives several."""
        return self.trial.estimand if self.placebo is None else self.placebo.estimand

    @property
    def replications(self) -> int:
        """How many are asked for."""
        if self.placebo is None:
            return self.trial.replications
        one = self.placebo
        return one.null_replications if self.expected == NULL else one.broken_replications

    @property
    def persons(self) -> int:
        """Of the world, in a replication."""
        if self.placebo is None:
            return self.trial.persons
        one = self.placebo
        own = one.null_persons if self.expected == NULL else one.broken_persons
        return self.trial.persons if own is None else own

    @property
    def world(self) -> str:
        """That is drawn from; empty for the study's own."""
        if self.placebo is None:
            return self.trial.world
        return self.placebo.null_in if self.expected == NULL else self.placebo.broken_in

    @property
    def settings(self) -> tuple[str, ...]:
        """``--set`` settings of a replication."""
        if self.placebo is None:
            return self.trial.settings
        one = self.placebo
        own = one.null_settings if self.expected == NULL else one.broken_settings
        return (*self.trial.settings, *own)


def lines_of(study: str, trial: Trial) -> Iterator[Asked]:
    """Yield the line of a study, then those of its placebos."""
    yield Asked(study, trial, trial.judged)
    for one in trial.placebo:
        yield Asked(study, trial, NULL, one)
        if one.broken_in:
            yield Asked(study, trial, BROKEN, one)


@cache
def all_lines() -> Mapping[str, Asked]:
    """Return every line by its key."""
    trials = read_trials().items()
    return {line.key: line for study, trial in trials for line in lines_of(study, trial)}


def spec_of(one: Asked, reassigned: str = "") -> Spec:
    """Return what a line draws: the study in a world, what it does not fit left out.

    Parameters
    ----------
    one
        The line.
    reassigned
        Unit that is treated in place of the study's own; empty for that.

    Raises
    ------
    UserError
        Where settings do not fit the study, or the world cannot stand in for its panel.
    ValueError
        For a model, outcome or check that the study does not have.
    """
    from evaluation import load_spec
    from evaluation.catalogue import catalogue
    from evaluation.diagnose.replicate import world_of
    from evaluation.diagnose.worlds import in_world
    from evaluation.spec.loader import read_spec

    path = STUDIES / f"{one.study}.toml"
    settings = list(one.settings)
    if reassigned:
        settings.append(f'design.treated.equals="{reassigned}"')
    read = read_spec(path, catalogue(), settings=settings) if settings else load_spec(path)
    own = in_world(read, one.world or world_of(read), one.persons)
    checks = _checks(read, one)
    named = one.models or tuple(
        request.model for request in checks if request.model is not None
    ) or tuple(model.id for model in read.models)  # fmt: skip
    models = tuple(
        model.model_copy(update={"outcomes": one.outcomes or model.outcomes})
        for model in own.models
        if model.id in named
    )
    _refuse_unknown(one, named, read)
    bounds = read.smallest_effect_of_interest
    if not any(model.estimand in RATIOS for model in models):
        bounds = ()
    return own.model_copy(
        update={"models": models, "checks": checks, "smallest_effect_of_interest": bounds}
    )


def _checks(spec: Spec, one: Asked) -> tuple:
    if one.placebo is None or not one.placebo.check:
        return ()
    return tuple(request for request in spec.checks if request.name == one.placebo.check)


def _refuse_unknown(one: Asked, named: tuple[str, ...], spec: Spec) -> None:
    models = {model.id: spec.outcomes_of(model) for model in spec.models}
    for name in named:
        if name not in models:
            raise ValueError(f"{one.key}: {one.study} has no model {name!r}")
        lacking = [outcome for outcome in one.outcomes if outcome not in spec.outcomes]
        if lacking:
            raise ValueError(f"{one.key}: {one.study} has no outcome {lacking[0]!r}")
    if one.placebo is not None and one.placebo.check and not _checks(spec, one):
        raise ValueError(f"{one.key}: {one.study} has no check {one.placebo.check!r}")
