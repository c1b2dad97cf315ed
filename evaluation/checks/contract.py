"""What a check file offers, what it is handed, and what it gives back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from evaluation.checks._specified import Specified
from evaluation.data.model_data import ModelData
from evaluation.data.prepare import Prepared
from evaluation.errors import EstimationError
from evaluation.estimators.fitting import ModelResult
from evaluation.spec.options import OptionsModel
from evaluation.spec.spec import Spec

__all__ = ["Case", "CheckModule", "ModelResult", "Verdict", "no_draw"]


def no_draw(variant: Spec) -> ModelData:
    """Refuse to draw data where nothing is within reach."""
    raise EstimationError(f"{variant.id}: this check draws other data, and nothing is within reach")


def _no_rows() -> Prepared:
    raise EstimationError("this check needs the rows of the panel, and none are within reach")


def _no_refit(variant: Spec) -> tuple[ModelResult, ...]:
    raise EstimationError(f"{variant.id}: this check estimates again, and nothing is within reach")


def _no_data(outcome: str) -> ModelData:
    raise EstimationError(f"{outcome}: this check needs the data that its model saw")


@dataclass(frozen=True)
class Case:
    """One model under judgement, and the means to ask for more.

    Attributes
    ----------
    result
        The model with its fits.
    spec
        What was asked.
    results
        Every model of the spec, by id.
    refit
        Estimates every model of a spec made from this one, on the same input: other dates, groups,
        filters or models. Cells that answer are used again.
    data
        The rows or cells that the model saw for an outcome.
    rows
        The sample row by row, with its roles.
    has_rows
        Whether ``rows`` can be had, and ``refit`` for what no cells answer.
    gather
        Takes one pass over the rows for several specs that are to be refitted, where they can
        share it; ``refit`` then reads no rows for them.
    draw
        The rows or cells that the one model of a variant sees for its first outcome.
    universe
        What every specification of a declared universe gave.

    Raises
    ------
    EstimationError
        By the functions, where what they need is out of reach.
    """

    result: ModelResult
    spec: Spec
    results: Mapping[str, ModelResult] = field(default_factory=dict)
    refit: Callable[[Spec], tuple[ModelResult, ...]] = _no_refit
    data: Callable[[str], ModelData] = _no_data
    rows: Callable[[], Prepared] = _no_rows
    has_rows: bool = False
    gather: Callable[[tuple[Spec, ...]], None] = lambda variants: None
    draw: Callable[[Spec], ModelData] = no_draw
    universe: tuple[Specified, ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """One row of ``checks.csv`` before it is given its place, with its details."""

    outcome: str
    statistic: float | None
    p_value: float | None
    verdict: str
    message: str
    term: str = ""
    details: tuple[tuple[str, float | int | str | bool | None], ...] = ()


class CheckModule(Protocol):
    """The contract of one file in ``evaluation/checks``: a module with these names."""

    __name__: str
    TITLE: str
    ASSUMPTION: str
    SOURCE: str
    Options: type[OptionsModel]

    @staticmethod
    def run(case: Case, options: Any) -> tuple[Verdict, ...]:
        """Judge one model, outcome by outcome."""
        ...
