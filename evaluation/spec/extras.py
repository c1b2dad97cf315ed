"""The remaining tables of a spec: threats, bounds, families, tables, joins."""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal

from pydantic import ConfigDict, Field, SerializeAsAny

from evaluation.spec.names import Column, Id, PathText
from evaluation.spec.options import OptionsModel, Table


class Threat(Table):
    """A named rival explanation.

    Attributes
    ----------
    name
        What the rival is called.
    affects
        Whom it affects and from when, in words.
    at_cutoff
        Whether it changes at the design's cutoff; check ``other_rules`` looks at those that do.
    column
        Column that would show it, such as receipt under the other rule; ``other_rules`` tests it.
    """

    name: str
    affects: str
    at_cutoff: bool = False
    column: Column | None = None


class SmallestEffect(Table):
    """The smallest effect of interest for one outcome, in its unit.

    Attributes
    ----------
    outcome
        Outcome that the bounds are for.
    unit
        What the bounds count per: ``per_person`` the effect itself; ``per_recipient`` over the
        share of recipients; ``per_condition`` and ``per_duty_month`` over what the policy adds of
        the column.
    first_stage
        Column that the unit counts, such as ``condition_imposed``; needed by every unit but
        ``per_person``.
    value
        Bound on either side, -``value`` to ``value``; in place of ``low`` and ``high``.
    low, high
        Lower bound, below 0, and upper bound, above 0, where they differ.
    largest
        What one counted unit can move the outcome by at most; 1 for a binary outcome or a share if
        not given, unlimited for any other.
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
    """The policy under which results may leave.

    Attributes
    ----------
    policy
        Name of the policy: a shipped one, or ``policies/NAME.toml`` beside the spec.
    """

    policy: str


class Join(Table):
    """Columns from another file, by key.

    Attributes
    ----------
    path
        The file, from the spec's folder.
    on
        Columns that are the key, of one name in panel and file; a key that the file holds twice is
        refused.
    codes_of
        Date whose municipality codes the file has in its first key; the panel's own if not given.
    correspondence
        Path of the changes of municipality codes (KLASS 131); goes with ``codes_of``.
    panel_codes
        Which codes the panel has: ``coarsest``, the grouping that every date maps into, or those of
        a date.
    conflict
        Where units that are one by the panel's codes disagree: ``refuse`` ends the run, ``largest``
        takes the largest unit's value by ``size``, ``missing`` takes none.
    size
        Column of the file that says how large its units are; ``conflict = "largest"`` needs it.
    missing
        Rows whose key the file does not hold: ``unknown`` keeps them with missing values, ``drop``
        leaves them out; both are counted.
    columns
        What is taken: name in the panel = column of the file.
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
    """A derived column; the keys beside ``op`` belong to the operation, typed in ``options``.

    Attributes
    ----------
    op
        The operation that makes the column; further keys are those of the operation.
    """

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
        "contrast",
        "predicted_risk",
    ]
    options: SerializeAsAny[OptionsModel] = Field(default=OptionsModel(), exclude=True)


class Heterogeneity(Table):
    """One interacted model with a joint test.

    Attributes
    ----------
    by
        Columns by whose levels effects are compared, each column by itself.
    models
        Ids of the models that are split.
    """

    by: tuple[Column, ...] = Field(min_length=1)
    models: tuple[str, ...] = Field(min_length=1)


class Family(Table):
    """Hypotheses tested together: the main number of every model for every outcome.

    Attributes
    ----------
    id
        Name in ``checks.csv``.
    models
        Ids of the models whose numbers are in the family.
    outcomes
        Outcomes that are in it; all that the models are asked for if not given.
    method
        How p-values are adjusted: ``romano_wolf`` steps down by draws that keep the dependence;
        ``holm`` needs no draws; ``bh`` controls the false discovery rate.
    draws
        Draws of ``romano_wolf``.
    seed
        Seed of these draws.
    weights
        Distribution of a cluster's weight in these draws, mean 0 and variance 1.
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

    Attributes
    ----------
    path
        Key that is varied, such as ``models.main.controls``: of ``models``, ``sample``,
        ``outcomes`` or ``design``, or the panel's window, period or weight.
    values
        Values that the key takes in turn.
    label
        What figures call the axis; a name made from the path if not given.
    labels
        What figures call the values, one for each; as the spec writes them if not given.
    """

    path: str
    values: tuple[Any, ...] = Field(min_length=1)
    label: str | None = None
    labels: tuple[str, ...] = ()


class Rounding(Table):
    """Decimals printed, the same everywhere.

    Attributes
    ----------
    estimate
        Decimals of estimates, errors and intervals.
    p_value
        Decimals of p-values.
    """

    estimate: int = Field(default=4, ge=0, le=10)
    p_value: int = Field(default=3, ge=0, le=10)
