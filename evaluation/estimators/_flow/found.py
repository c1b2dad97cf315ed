"""What the months around a cutoff give: jumps of flows, the stock's kink, what these differ by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from evaluation.cells.needs import known_name
from evaluation.estimators._flow.accounting import Names
from evaluation.estimators._flow.followed import ONE, STOCK, Followed
from evaluation.estimators._flow.numbers import Number, Series, sides_of
from evaluation.estimators._flow.profile import profile_of

KINK, JUMP = "kink_at_cutoff", "itt_at_cutoff"
BALANCE = "stock less net inflow"
NET = "net inflow"
# A month's flow is the stock's change since the month before: its slope halfway between the two.
HALFWAY = -0.5


@dataclass(frozen=True)
class Named:
    """A number with its place among the terms.

    Attributes
    ----------
    number
        The number.
    estimand, term, event_time
        As in ``Term``.
    aside
        Whether it stands in the details: under the label of another term, named so.
    """

    number: Number
    estimand: str
    term: str = ""
    event_time: int | None = None
    aside: str = ""


def numbers_of(
    followed: Followed, names: Names | None, options: Any, sign: int
) -> tuple[Named, ...]:
    """Return every number of a model: the stock's kink first, then flows, then what is aside.

    Parameters
    ----------
    followed
        Persons at P months.
    names
        Of the flows; ``None`` for the stock alone.
    options
        ``kernel``, ``order``, ``bandwidth`` and ``months``.
    sign
        1 where the treated side lies above the cutoff, -1 where below.
    """
    width, order, kernel = float(options.bandwidth.fixed), options.order, options.kernel
    stock = sides_of(followed, Series(STOCK, ONE), order + 1, width, kernel)
    found = [Named(stock.change(derivative=1).times(sign), KINK)]
    aside = [Named(stock.change().times(sign), KINK, aside="jump_of_stock")]
    if names is None:
        return (*found, *aside)
    flows = (names.entry, names.exit, *names.destinations)
    jumps = {}
    for name in flows:
        sides = sides_of(followed, Series(name, ONE), order, width, kernel)
        jumps[name] = sides.change().times(sign)
        found.append(Named(jumps[name], JUMP, word_of(name, names)))
    net = jumps[names.entry].less(jumps[names.exit])
    halfway = stock.change(HALFWAY, 1).times(sign)
    found += [Named(net, JUMP, NET), Named(halfway.less(net), KINK, BALANCE)]
    aside.append(Named(halfway, KINK, BALANCE, aside="kink_half_a_month_before"))
    for name in (names.entry, names.exit):
        hazard = Series(name, known_name(name))
        sides = sides_of(followed, hazard, order, width, kernel)
        word = word_of(name, names)
        aside.append(Named(sides.change().times(sign), JUMP, word, aside="jump_of_hazard"))
        for one in profile_of(followed, hazard, sides, options.months, sign):
            term = f"{word} hazard among survivors, month {one.month}"
            found.append(Named(one.number, JUMP, term, one.month))
    return (*found, *aside)


def word_of(name: str, names: Names) -> str:
    """Return what a flow is called: ``entry``, ``exit``, or a destination by its column."""
    return {names.entry: "entry", names.exit: "exit"}.get(name, name)


def printed(found: Sequence[Named]) -> list[int]:
    """Return the positions of the numbers that are terms."""
    return [at for at, one in enumerate(found) if not one.aside]
