"""The remaining tables of a spec: threats, bounds, families, tables, joins."""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal

from pydantic import ConfigDict, Field, SerializeAsAny

from evaluation.spec.names import Column, Id, PathText
from evaluation.spec.options import OptionsModel, Table


class Threat(Table):
    """A named rival explanation."""

    name: str
    affects: str
    at_cutoff: bool = False
    column: Column | None = None


class SmallestEffect(Table):
    """The smallest effect of interest for one outcome, in its unit.

    ``largest`` is what one counted unit can move the outcome by at most; 1 for a binary outcome or
    a share where nothing is said, unlimited for any other.
    """

    outcome: str
    unit: Literal["per_person", "per_recipient", "per_condition", "per_duty_month"]
    first_stage: Column | None = None
    value: float | None = Field(default=None, gt=0)
    low: float | None = Field(default=None, lt=0)
    high: float | None = Field(default=None, gt=0)
    largest: float | None = Field(default=None, gt=0)

    @property
    def bounds(self) -> tuple[float, float]:
        """Lower and upper bound in the effect's own unit."""
        if self.value is not None:
            return -self.value, self.value
        return float(self.low or 0.0), float(self.high or 0.0)


class Disclosure(Table):
    """The policy under which results may leave."""

    policy: str


class Join(Table):
    """Columns from another file, by key.

    ``codes_of`` is the date whose municipality codes the file has, as its first key;
    ``correspondence`` the changes of codes (KLASS 131), and ``panel_codes`` the panel's own: the
    coarsest grouping, or those of a date. ``size`` is the file's column by which the largest of
    merged units is found.
    """

    path: PathText
    on: tuple[Column, ...] = Field(min_length=1)
    codes_of: dt.date | None = None
    correspondence: PathText | None = None
    panel_codes: Literal["coarsest"] | dt.date = "coarsest"
    conflict: Literal["refuse", "largest", "missing"] = "refuse"
    size: str | None = None
    missing: Literal["unknown", "drop"] = "unknown"
    columns: dict[str, str]


class Derived(Table):
    """A derived column; the keys beside ``op`` belong to the operation, typed in ``options``."""

    model_config = ConfigDict(frozen=True, extra="allow", strict=True)
    op: Literal[
        "cut",
        "recode",
        "sum",
        "difference",
        "ratio",
        "any",
        "all",
        "lag",
        "lead",
        "months_since",
        "cumulate",
        "over_g",
        "deflate",
        "interact",
        "pre_mean",
        "predicted_risk",
    ]
    options: SerializeAsAny[OptionsModel] = Field(default=OptionsModel(), exclude=True)


class Heterogeneity(Table):
    """One interacted model with a joint test."""

    by: tuple[Column, ...] = Field(min_length=1)
    models: tuple[str, ...] = Field(min_length=1)


class Family(Table):
    """Hypotheses tested together: the main number of every model for every outcome.

    ``draws``, ``seed`` and ``weights`` are those of Romano and Wolf's step-down.
    """

    id: Id
    models: tuple[str, ...] = Field(min_length=1)
    outcomes: tuple[str, ...] = ()
    method: Literal["romano_wolf", "holm", "bh"]
    draws: int = Field(default=9999, ge=999, le=999_999)
    seed: int = Field(default=0, ge=0)
    weights: Literal["webb", "rademacher", "mammen", "normal"] = "webb"


class Vary(Table):
    """One axis of a declared universe of specifications.

    ``label`` is what the axis is called in figures, and ``labels`` what its values are.
    """

    path: str
    values: tuple[Any, ...] = Field(min_length=1)
    label: str | None = None
    labels: tuple[str, ...] = ()


class Rounding(Table):
    """Decimals printed, the same everywhere."""

    estimate: int = Field(default=4, ge=0, le=10)
    p_value: int = Field(default=3, ge=0, le=10)
