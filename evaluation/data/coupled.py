"""The same persons under two policies: the sample at hand, or any other draw of its world."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import pandas as pd

import data_synth
from evaluation.data.coupled_cells import coupled_cells
from evaluation.data.derive.deriving import deriving
from evaluation.data.prepare import Prepared, prepare
from evaluation.data.question import Question
from evaluation.data.sources import Source
from evaluation.data.sources.synthetic import Synthetic
from evaluation.data.truth_ages import truth_ages
from evaluation.data.truth_columns import with_truth_columns
from evaluation.spec.dates import reach
from evaluation.spec.panel import SyntheticPanel
from evaluation.spec.spec import Spec

# The pair of policies whose difference each design's estimands compare.
POLICY_PAIRS = {
    "did": ("actual", "no_law"),
    "staggered_did": ("actual", "no_adoption"),
    "rd": ("under_duty", "released"),
    "single_unit": ("actual", "no_adoption"),
}
# An instrument that stands for another policy than the duty: that is the one compared.
INSTRUMENT_PAIRS = {"kvp_open": ("actual", "no_programme")}


@dataclass(frozen=True, slots=True)
class Facts:
    """What a truth must know of the world.

    Attributes
    ----------
    released_at
        Age in months at which the duty ends.
    exclusion
        Whether the policy acts through what it gives alone, so that a ratio is a LATE: the duty
        through conditions imposed, as the world says; the opening of a programme through
        participation, in every world.
    sets_amounts
        Whether what is granted in a month differs under the duty.
    """

    released_at: int
    exclusion: bool
    sets_amounts: bool = False


class Population(Protocol):
    """Persons whose lives under both policies can be asked about."""

    @property
    def facts(self) -> Facts:
        """What a truth must know of their world."""
        ...

    def cells(self, question: Question) -> pd.DataFrame:
        """Return the cells of ``coupled_cells``."""
        ...


@dataclass(frozen=True)
class Coupled:
    """One sample under two policies, drawn from the same persons with the same draws.

    Attributes
    ----------
    spec
        What is asked, with every column that a truth needs.
    with_policy, without
        The sample in each run.
    facts
        What a truth must know of the world.
    """

    spec: Spec
    with_policy: Prepared
    without: Prepared
    facts: Facts

    def cells(self, question: Question) -> pd.DataFrame:
        """Return the cells of ``coupled_cells``."""
        return coupled_cells(self.with_policy, self.without, self.spec, question)


def coupled_sample(spec: Spec, prepared: Prepared) -> Coupled:
    """Return the spec's own persons under both policies; what is prepared already is reused."""
    panel = synthetic_panel(spec)
    return _coupled(spec, panel, prepared)


def coupled_draw(spec: Spec, persons: int, seed: int) -> Coupled:
    """Return another draw of the spec's world under both policies."""
    panel = synthetic_panel(spec)
    return _coupled(spec, panel.model_copy(update={"persons": persons, "seed": seed}), None)


def synthetic_panel(spec: Spec) -> SyntheticPanel:
    """Return the spec's panel where it is synthetic.

    Raises
    ------
    TypeError
        Where it is not: only a synthetic panel has coupled runs.
    """
    if not isinstance(spec.panel, SyntheticPanel):
        raise TypeError("only a synthetic panel has coupled runs")
    return spec.panel


def facts_of(spec: Spec) -> Facts:
    """Return what a truth must know of a spec's world."""
    world = data_synth.load_world(synthetic_panel(spec).world)
    exclusion = world.duty.exclusion or _instrumented(spec) in INSTRUMENT_PAIRS
    return Facts(world.ages.released_at * 12, exclusion, world.grant.under_duty != 1.0)


def policies_of(spec: Spec) -> tuple[str, str]:
    """Return the two policies that a spec's truths compare, by its instrument or its design."""
    return INSTRUMENT_PAIRS.get(_instrumented(spec), POLICY_PAIRS[spec.design.kind])


def _instrumented(spec: Spec) -> str:
    """Return the column of the design's instrument, empty where there is none."""
    instrument = getattr(spec.design, "instrument", None)
    return "" if instrument is None else str(instrument.column)


def _coupled(spec: Spec, panel: SyntheticPanel, prepared: Prepared | None) -> Coupled:
    asked = with_truth_columns(spec)
    world = data_synth.load_world(panel.world)
    offered = panel.age_range or (world.ages.youngest, world.ages.oldest)
    ages = truth_ages(asked, offered)
    panel = panel.model_copy(update={"ages": ages})
    if not _faultless(panel) or asked is not spec:
        prepared = None
    first, second = (
        prepared
        if prepared is not None and policy == "actual"
        else prepare(asked, _source(asked, panel, policy))
        for policy in policies_of(spec)
    )
    return Coupled(asked, first, second, facts_of(spec))


def _source(spec: Spec, panel: SyntheticPanel, policy: str) -> Source:
    return deriving(spec, Synthetic(panel, policy, recorded=False, reach=reach(spec)))


def _faultless(panel: SyntheticPanel) -> bool:
    """Whether the world's registers record everything as it was."""
    given = data_synth.load_world(panel.world).recording
    faults = (given.employed_missed_before, given.lost, given.adoption_error_share)
    return not any((*faults, given.late_share))
