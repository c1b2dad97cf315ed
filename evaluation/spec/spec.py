"""A spec: what is asked, typed, frozen and versioned."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, PrivateAttr

from evaluation.spec.design import Design
from evaluation.spec.extras import (
    Derived,
    Disclosure,
    Family,
    Heterogeneity,
    Join,
    Rounding,
    SmallestEffect,
    Threat,
    Vary,
)
from evaluation.spec.model import CheckRequest, Model
from evaluation.spec.names import Id, OutcomeName, PathText
from evaluation.spec.options import Table
from evaluation.spec.origin import Origin
from evaluation.spec.panel import Panel
from evaluation.spec.sample import Identity, Outcome, Sample
from evaluation.spec.table_layout import TableLayout
from evaluation.spec.worth import Worth


class Spec(Table):
    """One evaluation: panel, sample, outcomes, design, models, checks.

    Attributes
    ----------
    schema_version
        Version of the grammar that the file is written in: 1.
    id
        Name of the evaluation: lower-case letters, digits and ``_``, a letter first, not
        ``reference``.
    title
        What pages call the evaluation, in one line.
    extends
        Path of another spec whose keys hold where this file says nothing. Tables merge key by key
        and models by id; every other array of tables is replaced whole.
    lang
        Language of pages and figures: ``en`` English, ``nb`` Norwegian.
    rounding
        Decimals that pages and tables print.
    panel
        Where the rows come from, and which of their columns name unit and time.
    joins
        Columns taken from other files by key, in this order.
    derive
        Columns made from others, by the name of the column that is made.
    sample
        The rows that enter every model; all rows of the panel if not given.
    outcomes
        What is measured, by name.
    identities
        Outcomes that sum to another one: in every model asked for all of them estimates must add
        up.
    design
        Who is compared with whom, and when treatment begins.
    threats
        Rival explanations by name, printed beside the estimate.
    models
        Estimators, each asked for one estimand; the first with its first outcome is the main
        estimate.
    heterogeneity
        Columns by whose levels effects are estimated side by side and compared.
    checks
        Tests of the assumptions of one model, or of all.
    families
        Hypotheses whose p-values are adjusted together.
    vary
        Axes of a declared universe of specifications: models are estimated at every combination.
    tables
        Tables of the paper, beside those that every run writes.
    smallest_effect_of_interest
        Bounds by outcome: which effects would matter, so that a null result says what is ruled out.
    worth
        Sums of effects over a time, each at an amount per unit of its outcome.
    disclosure
        Policy under which results may leave where they were made; without one nothing can be
        released.
    """

    schema_version: Literal[1]
    id: Id
    title: str
    extends: PathText | None = None
    lang: str = "en"
    rounding: Rounding = Rounding()
    panel: Panel
    joins: tuple[Join, ...] = ()
    derive: dict[str, Derived] = Field(default={})
    sample: Sample = Sample()
    outcomes: dict[OutcomeName, Outcome] = Field(min_length=1)
    identities: tuple[Identity, ...] = ()
    design: Design
    threats: tuple[Threat, ...] = ()
    models: tuple[Model, ...] = ()
    heterogeneity: tuple[Heterogeneity, ...] = ()
    checks: tuple[CheckRequest, ...] = ()
    families: tuple[Family, ...] = ()
    vary: tuple[Vary, ...] = ()
    tables: tuple[TableLayout, ...] = ()
    smallest_effect_of_interest: tuple[SmallestEffect, ...] = ()
    worth: tuple[Worth, ...] = ()
    disclosure: Disclosure | None = None
    _origin: Origin = PrivateAttr(default_factory=Origin)

    def bound_to(self, origin: Origin) -> Spec:
        """Return the same spec, knowing where it came from."""
        copy = self.model_copy()
        copy._origin = origin
        return copy

    @property
    def origin(self) -> Origin:
        """Where the spec came from: its text, folder, digest and placeholder values."""
        return self._origin

    def model(self, model_id: str) -> Model:
        """Return the model of that id."""
        return next(model for model in self.models if model.id == model_id)

    def outcomes_of(self, model: Model) -> tuple[str, ...]:
        """Return the outcomes a model is asked for; all of the spec's where it names none."""
        return model.outcomes or tuple(self.outcomes)
