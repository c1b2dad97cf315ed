"""What a check file offers, what it is handed, and what it gives back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

from evaluation.estimators.fitting import ModelResult
from evaluation.spec.options import OptionsModel

__all__ = ["CheckModule", "ModelResult", "Verdict"]


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
    def run(result: ModelResult, options: Any) -> tuple[Verdict, ...]:
        """Judge one model, outcome by outcome."""
        ...
