"""How large violations of parallel trends may be before a conclusion falls."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from math import isinf
from typing import Any, Literal

from pydantic import Field, field_validator

from evaluation.cells.threads import one_blas_thread
from evaluation.checks._trend_path import Target, trend_path
from evaluation.checks.contract import Case, Verdict
from evaluation.estimators.contract import Fit
from evaluation.inference.breakdown import breakdown
from evaluation.inference.honest_magnitudes import excludes, relative_magnitudes
from evaluation.inference.honest_smoothness import smoothness
from evaluation.inference.trend_path import HonestInterval, TrendPath
from evaluation.spec.options import OptionsModel

TITLE = "Sensitivity to violations of parallel trends"
ASSUMPTION = "parallel trends"
SOURCE = (
    "Rambachan and Roth (2023), Review of Economic Studies 90(5): relative magnitudes by the "
    "conditional least-favourable hybrid, smoothness by the fixed-length interval"
)

NAMES = {"relative_magnitudes": "Mbar", "smoothness": "M"}
SIZES = {
    "relative_magnitudes": "if in no period after the reform the trend moves more than {size} "
    "times as far as in some period before it",
    "smoothness": "if the slope of the trend changes by at most {size} from period to period",
}


class Options(OptionsModel):
    """Restriction, target, the sizes of violation to judge, and draws of the critical value.

    Attributes
    ----------
    restriction
        How parallel trends may fail: ``relative_magnitudes`` by a multiple of the largest change
        before the reform, ``smoothness`` by a change of slope between periods.
    target
        Number that is judged: ``first_post`` is event time 0, ``average_post`` the mean of event
        times from 0 on.
    values
        Sizes of violation: Mbar, that multiple, or M, that change of slope in units of the outcome.
    earliest
        First event time that takes part; all if not given.
    draws
        Draws of the critical value under ``relative_magnitudes``.
    seed
        Seed of these draws.
    """

    restriction: Literal["relative_magnitudes", "smoothness"]
    target: Target = "first_post"
    values: tuple[float, ...] = Field(min_length=1)
    earliest: int | None = Field(default=None, lt=0)
    draws: int = Field(default=10_000, ge=999)
    seed: int = Field(default=0, ge=0)

    @field_validator("values")
    @classmethod
    def _not_negative(cls, values: tuple[float, ...]) -> tuple[float, ...]:
        if any(value < 0 for value in values) or len(set(values)) < len(values):
            raise ValueError("numbers of at least 0, each once")
        return values


def run(case: Case, options: Any) -> tuple[Verdict, ...]:
    """Give the interval that allows for violations of every size asked for, and the breakdown.

    A row a size says whether its 95 per cent interval ``excludes zero`` or ``includes zero``; the
    last row gives the largest size whose interval excludes zero: ``robust up to ...`` or ``not
    robust at any value``. The reference is normal, with the whole covariance. Refused without one
    base for all coefficients (``base_period`` varying, imputation), without coefficients before
    the reform or with a gap among them, and where the covariance is singular.
    """
    with one_blas_thread():
        return tuple(
            verdict
            for name, fit in case.result.fits.items()
            for verdict in _verdicts(name, fit, options)
        )


def _verdicts(outcome: str, fit: Fit, options: Any) -> Iterator[Verdict]:
    path = trend_path(fit, options.target, options.earliest)
    if isinstance(path, str):
        yield Verdict(outcome, None, None, "refused", path)
        return
    interval = INTERVALS[options.restriction](path, options)
    name = NAMES[options.restriction]
    for value in options.values:
        found = interval(value)
        yield Verdict(
            outcome,
            None,
            None,
            "excludes zero" if found.excludes_zero else f"includes zero at {name} = {value:g}",
            f"95 % interval {found.low:.4g} to {found.high:.4g} "
            + SIZES[options.restriction].format(size=f"{value:g}"),
            term=f"{name} = {value:g}",
            details=_details(found, path, options),
        )
    yield _breakdown(outcome, path, interval, options)


def _details(
    found: HonestInterval, path: TrendPath, options: Any
) -> tuple[tuple[str, float | int | str | None], ...]:
    return (
        ("conf_low", found.low),
        ("conf_high", found.high),
        ("identified_low", found.identified_low),
        ("identified_high", found.identified_high),
        ("estimate", path.estimate),
        ("std_error", path.std_error),
        ("target", options.target),
        ("target_weights", _weights(path)),
        ("base", path.base),
        ("coefficients_before", path.before),
        ("coefficients_after", len(path.weights)),
    )


def _weights(path: TrendPath) -> str:
    """Say what the target is by event time: ``0: 0.5, 1: 0.5``."""
    later = zip(path.times[path.before :] + path.base, path.weights, strict=True)
    return ", ".join(f"{time}: {weight:.6g}" for time, weight in later if weight != 0)


def _by_magnitudes(path: TrendPath, options: Any) -> Callable[[float], HonestInterval]:
    return partial(relative_magnitudes, path, draws=options.draws, seed=options.seed)


def _by_smoothness(path: TrendPath, options: Any) -> Callable[[float], HonestInterval]:
    del options
    return partial(smoothness, path)


INTERVALS = {"relative_magnitudes": _by_magnitudes, "smoothness": _by_smoothness}


def _breakdown(
    outcome: str, path: TrendPath, interval: Callable[[float], HonestInterval], options: Any
) -> Verdict:
    magnitudes = options.restriction == "relative_magnitudes"

    def holds(size: float) -> bool:
        if magnitudes:
            return excludes(path, size, 0.0, options.draws, options.seed)
        return interval(size).excludes_zero

    name = NAMES[options.restriction]
    largest = breakdown(holds, 1.0 if magnitudes else path.std_error)
    verdict = "not robust at any value"
    message = f"the 95 % interval includes zero even at {name} = 0"
    if largest is not None:
        verdict = (
            "robust up to any value tried" if isinf(largest) else f"robust up to {largest:.4g}"
        )
        message = f"largest {name} whose 95 % interval excludes zero"
    return Verdict(
        outcome,
        None if largest is None or isinf(largest) else largest,
        None,
        verdict,
        message,
        term="breakdown",
        details=(
            ("breakdown", None if largest is None or isinf(largest) else largest),
            ("restriction", options.restriction),
            ("target", options.target),
        ),
    )
