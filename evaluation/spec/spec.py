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
    """One evaluation: panel, sample, outcomes, design, models, checks."""

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
