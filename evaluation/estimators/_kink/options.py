"""Keys of a kink: bandwidths, the bound of its bias, where the sides meet."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

from pydantic import Field, model_validator

from evaluation.estimators._rd import Periods
from evaluation.spec.design import RdDesign
from evaluation.spec.options import OptionsModel, Table


class KinkBandwidth(Table):
    """A rule, or a fixed bandwidth with that of the bias.

    Attributes
    ----------
    rule
        ``mse`` least mean squared error, ``cer`` least error of coverage: one bandwidth; ``_two``
        chooses one for each side, ``_sum`` one by the error of the sum of both sides.
    fixed
        Bandwidth in units of the running variable, in place of ``rule``.
    bias
        Bandwidth of the estimate of the bias, with ``fixed``; the same as ``fixed`` if not given.
    """

    rule: Literal["mse", "mse_two", "mse_sum", "cer", "cer_two", "cer_sum"] | None = None
    fixed: int | float | None = Field(default=None, gt=0)
    bias: int | float | None = Field(default=None, gt=0)

    @model_validator(mode="after")
    def _one_way(self) -> KinkBandwidth:
        if (self.rule is None) == (self.fixed is None):
            raise ValueError("bandwidth takes either rule or fixed")
        if self.bias is not None and self.fixed is None:
            raise ValueError("bandwidth.bias goes with fixed")
        return self


class SecondDerivativeBound(Table):
    """By how much the second derivative varies within the bandwidth, across the cutoff included.

    Attributes
    ----------
    value
        Bound, in units of the outcome per squared unit of the running variable.
    exit_rate
        Share that leaves the stock in a unit of the running variable: adds exit_rate × |kink| to
        the bound where the rule has ended.
    rule
        ``rot`` calibrates ``value`` from the data: coverage is then not guaranteed.
    """

    value: int | float | None = Field(default=None, ge=0)
    exit_rate: int | float | None = Field(default=None, gt=0, lt=1)
    rule: Literal["rot"] | None = None

    @model_validator(mode="after")
    def _one_way(self) -> SecondDerivativeBound:
        if self.rule is None and not self.value and self.exit_rate is None:
            raise ValueError("second_derivative_bound takes value, exit_rate or both, or a rule")
        if self.rule is not None and self.value is not None:
            raise ValueError("second_derivative_bound takes either value or rule")
        return self


class KinkOptions(OptionsModel):
    """Keys of a kink.

    Attributes
    ----------
    kernel
        How rows are weighted by their distance from the cutoff, inside the bandwidth.
    order
        Order of the local polynomials; 2 or 3 for bias-aware intervals, as a line takes any curve
        for a kink.
    bandwidth
        Bandwidth of both sides.
    interval
        ``robust`` is centred at the bias-corrected kink; ``bias_aware`` holds all kinks that a test
        counting the largest bias leaves.
    second_derivative_bound
        Largest variation of the second derivative; for bias-aware intervals alone.
    continuous_at
        Place, from the cutoff, at which both sides have one level, as a stock cannot jump; each
        side has its own if not given.
    grid
        Further bandwidths at which details repeat the estimate.
    periods
        Rows that enter: ``pre`` those before ``design.reform_date``, ``post`` those from its period
        on, ``all`` both.
    sides
        Whether clusters with rows on both sides make these depend on each other (``joint``) or not
        (``independent``).
    """

    kernel: Literal["triangular", "epanechnikov", "uniform"] = "triangular"
    order: int = Field(default=2, ge=1, le=3)
    bandwidth: KinkBandwidth = KinkBandwidth(rule="mse")
    # Centred at the bias-corrected kink, or all kinks that a test counting the bias leaves.
    interval: Literal["robust", "bias_aware"] = "robust"
    # Only for bias-aware intervals.
    second_derivative_bound: SecondDerivativeBound = SecondDerivativeBound(rule="rot")
    # Where both sides have one level, from the cutoff: a stock cannot jump.
    continuous_at: float | int | None = Field(default=None, gt=-1, lt=1)
    # Further bandwidths at which details repeat the estimate.
    grid: tuple[int | float, ...] = ()
    periods: Periods = "all"
    # Whether clusters with rows on both sides of the cutoff make these depend on each other.
    sides: Literal["joint", "independent"] = "joint"

    @model_validator(mode="after")
    def _keys_that_go_together(self) -> KinkOptions:
        if any(h <= 0 for h in self.grid) or len(set(self.grid)) < len(self.grid):
            raise ValueError("grid takes bandwidths above 0, each once")
        if self.interval == "robust" and "second_derivative_bound" in self.model_fields_set:
            raise ValueError("second_derivative_bound goes with interval = 'bias_aware'")
        if self.interval == "bias_aware" and self.order == 1:
            raise ValueError(
                "interval = 'bias_aware' takes order 2 or 3: a line makes a kink of any curve"
            )
        if self.continuous_at is not None and self.bandwidth.bias is not None:
            raise ValueError("continuous_at takes one bandwidth: remove bandwidth.bias")
        return self

    def faults(self, spec: Any, owner: Any, where: str) -> Iterator[str]:
        """Yield a line for each key that does not go with the estimand or the design."""
        ratio = owner.estimand == "late_at_cutoff"
        if ratio and isinstance(spec.design, RdDesign) and spec.design.treatment is None:
            yield (
                f"{where}.estimand: 'late_at_cutoff' divides by the kink of design.treatment, "
                "which is missing"
            )
        for key in ("interval", "continuous_at", "grid"):
            if ratio and key in self.model_fields_set:
                yield f"{where}.{key}: goes with kink_at_cutoff; a ratio of kinks does not take it"
