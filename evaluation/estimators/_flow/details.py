"""What stands beside the numbers of flows in the details, and what makes them doubtful."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from evaluation.data.model_data import FloatArray
from evaluation.estimators._flow.accounting import Account
from evaluation.estimators._flow.found import BALANCE, HALFWAY, KINK, Named
from evaluation.estimators._problem import DetailValue
from evaluation.estimators.contract import label_of
from evaluation.inference.bands import Bands, uniform_critical_value

Details = Iterator[tuple[str, str, DetailValue]]

NO_FLOWS = "no flows are named (entry, exit): the stock's kink is not set beside its flows"


def details_of(
    found: Sequence[Named],
    covariance: FloatArray,
    account: Account | None,
    bands: Bands | None,
    df: float | None,
) -> Details:
    """Yield what is printed beside the terms: numbers aside, the account, simultaneous bands.

    Parameters
    ----------
    found
        All numbers of the fit, m in all.
    covariance
        Theirs, shape ``(m, m)``.
    account
        The accounting identity; ``None`` without flows.
    bands
        Draws and seed; ``None`` for no bands.
    df
        Degrees of freedom; ``None`` means normal.
    """
    yield from _aside(found, covariance)
    if account is not None:
        yield from _counts(account)
    if bands is not None:
        yield from _simultaneous(found, covariance, bands, df)


def doubts_of(account: Account | None) -> Iterator[str]:
    """Yield what makes the rows ``warned``: person-months that do not balance, counted.

    Parameters
    ----------
    account
        The accounting identity; ``None`` without flows.
    """
    if account is None:
        yield NO_FLOWS
        return
    if account.unbalanced:
        yield (
            f"{account.unbalanced} person-months do not balance: the stock changes without an "
            "entry or exit that says so, or the reverse"
        )
    if account.apart:
        yield f"in {account.apart} person-months exits by destination do not add up to exit"


def _aside(found: Sequence[Named], covariance: FloatArray) -> Details:
    for at, one in enumerate(found):
        if one.aside:
            label = label_of(one.estimand, one.term)
            yield (label, one.aside, one.number.value)
            yield (label, f"{one.aside}_std_error", float(np.sqrt(covariance[at, at])))


def _counts(account: Account) -> Details:
    """Yield the account, summed over the months of age inside the bandwidth."""
    yield (label_of(KINK, BALANCE), "slope_of_stock_taken_at", HALFWAY)
    yield ("", "months_accounted", account.steps)
    yield ("", "change_of_stock", account.change)
    yield ("", "entries", account.entries)
    yield ("", "exits", account.exits)
    yield ("", "came_with_stock", account.came)
    yield ("", "left_with_stock", account.left)
    yield ("", "residual", account.residual)
    yield ("", "person_months_unbalanced", account.unbalanced)
    yield ("", "person_months_without_one_destination", account.apart)


def _simultaneous(
    found: Sequence[Named], covariance: FloatArray, bands: Bands, df: float | None
) -> Details:
    """Yield bands that hold for all months of both hazards at once."""
    chosen = [at for at, one in enumerate(found) if one.event_time is not None]
    if not chosen:
        return
    critical = uniform_critical_value(covariance[np.ix_(chosen, chosen)], bands, df)
    yield ("", "uniform_critical_value", critical)
    for at in chosen:
        half = critical * float(np.sqrt(covariance[at, at]))
        label = label_of(found[at].estimand, found[at].term)
        yield (label, "uniform_low", found[at].number.value - half)
        yield (label, "uniform_high", found[at].number.value + half)
