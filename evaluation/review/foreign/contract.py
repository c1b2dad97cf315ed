"""What an estimator's lines in another language are made from, and what they are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

from evaluation.review.foreign.dialects import Dialect
from evaluation.spec.model import Model
from evaluation.spec.sample import Outcome
from evaluation.spec.spec import Spec
from evaluation.spec.variance import Inference

# Names of the columns that the preparing lines make.
TREATED, POST, DOSE, PERIOD = "ad_treated", "ad_post", "ad_d", "ad_period"
COHORT, EVENT, RUNNING, WEIGHT = "ad_cohort", "ad_event", "ad_x", "ad_w"


@dataclass(frozen=True)
class Case:
    """One model and one outcome, in one language.

    Attributes
    ----------
    spec, model, name, outcome
        What is fitted; ``name`` is the outcome's in the spec.
    inference
        How errors are made, every default filled in.
    say
        How the language writes names, conditions and remarks.
    """

    spec: Spec
    model: Model
    name: str
    outcome: Outcome
    inference: Inference
    say: Dialect

    @property
    def options(self) -> Any:
        """The estimator's own keys."""
        return self.model.options

    @property
    def design(self) -> Any:
        """The design."""
        return self.spec.design

    @property
    def y(self) -> str:
        """The outcome as the language writes its name."""
        return self.say.name(self.outcome.measured)

    @property
    def unit(self) -> str | None:
        """The column that names units: of means over groups, the group."""
        rows = self.spec.sample.rows
        if isinstance(rows, str):
            return self.spec.panel.unit
        return rows.by[0] if len(rows.by) == 1 else None

    def names(self, columns: tuple[str, ...]) -> tuple[str, ...]:
        """Return columns as the language writes their names; time in longer periods is counted."""
        longer = (self.spec.panel.period or "month") != "month"
        return tuple(
            PERIOD if longer and column == self.spec.panel.time else self.say.name(column)
            for column in columns
        )


@dataclass(frozen=True)
class Lines:
    """What one model is in another language.

    Attributes
    ----------
    code
        Its lines.
    differs
        What keeps the numbers from being the same; with nothing here they are.
    """

    code: tuple[str, ...]
    differs: tuple[str, ...] = ()


class Foreign(Protocol):
    """A file of ``foreign/estimators``: an estimator in each language."""

    def stata(self, case: Case) -> Lines:
        """Return lines of Stata."""
        ...

    def r(self, case: Case) -> Lines:
        """Return lines of R."""
        ...
