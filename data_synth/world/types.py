"""Typed, bounded parts of a world file."""

from __future__ import annotations

from datetime import date
from itertools import pairwise
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field


def _first_of_month(value: date) -> date:
    if value.day != 1:
        raise ValueError("the first day of a month")
    return value


def _tuples(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(_tuples(item) for item in value)
    return value


def _ascending(value: tuple[tuple[float, float], ...]) -> tuple[tuple[float, float], ...]:
    if not value or any(a >= b for (a, _), (b, _) in pairwise(value)):
        raise ValueError("pairs of a year and a value, years ascending")
    return value


def _distribution(value: tuple[float, ...]) -> tuple[float, ...]:
    if abs(sum(value) - 1.0) > 1e-9:
        raise ValueError("shares that sum to 1")
    return value


Month = Annotated[date, AfterValidator(_first_of_month)]
Probability = Annotated[float, Field(ge=0, le=1)]
Multiplier = Annotated[float, Field(ge=0, le=100)]
Spread = Annotated[float, Field(ge=0, le=3)]
Slope = Annotated[float, Field(ge=-5, le=5)]
Amplitude = Annotated[float, Field(ge=0, le=0.5)]
CalendarMonth = Annotated[int, Field(ge=1, le=12)]
Years = Annotated[int, Field(ge=0, le=110)]
Months = Annotated[int, Field(ge=0, le=600)]
Knots = Annotated[
    tuple[tuple[float, Annotated[float, Field(ge=0)]], ...],
    BeforeValidator(_tuples),
    AfterValidator(_ascending),
]
Shares = Annotated[tuple[Probability, ...], BeforeValidator(_tuples), AfterValidator(_distribution)]


class Table(BaseModel):
    """A table of a world file."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)


class AgeRate(Table):
    """Monthly probability at 30 and its log-quadratic age profile."""

    at_30: Probability
    slope: Slope
    curve: Slope
