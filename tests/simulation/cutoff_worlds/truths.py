"""What is true of lives near 30, computed from their probabilities."""

from __future__ import annotations

import numpy as np

from cutoff_worlds.lives import (
    CUTOFF,
    DAYS,
    MONTHS,
    FloatArray,
    Lives,
    entry_at,
    exit_at,
    settled,
    under,
)


def received(world: Lives) -> FloatArray:
    """Return who receives at the end of month 359 of age, by month of the window and type.

    Shape ``(MONTHS, 2)``: the month before the one that is compared.
    """
    ages, shares = settled(world)
    found = np.empty((MONTHS, 2))
    for t in range(MONTHS):
        # Who is CUTOFF - 1 in month t - 1 of the window was t months younger before the window.
        now = shares[:, CUTOFF - 1 - t - ages[0]]
        for month in range(t):
            age = np.array(CUTOFF - t + month)
            duty = np.array(float(month >= world.before))
            leave, enter = exit_at(world, age, duty, np.array(1.0)), entry_at(world, age, duty)
            now = now * (1.0 - leave) + (1.0 - now) * enter
        found[t] = now
    return found


def steps(world: Lives, what: str) -> tuple[FloatArray, FloatArray]:
    """Return what the rules below 30 do to exit or entry at the cutoff, by month and type.

    Parameters
    ----------
    world
        The world.
    what
        ``leaves`` or ``enters``.

    Returns
    -------
    tuple
        Differences, below 30 less above, and the numbers at risk, shape ``(MONTHS, 2)`` each.
    """
    stock, age = received(world), np.array(CUTOFF)
    duty = (np.arange(MONTHS) >= world.before).astype(float)
    ones, none = np.ones(MONTHS), np.zeros(MONTHS)
    every = np.broadcast_to(age, MONTHS)
    if what == "leaves":
        step = exit_at(world, every, duty, ones) - exit_at(world, every, none, none)
        return step.T, stock
    step = entry_at(world, every, duty) - entry_at(world, every, none)
    return np.repeat(step[:, None], 2, axis=1), 1.0 - stock


def jump(world: Lives, what: str = "leaves", *, change: bool = False) -> float:
    """Return the jump of a flow at the cutoff, over the months since the law.

    Parameters
    ----------
    world
        The world.
    what
        ``leaves`` or ``enters``.
    change
        Whether the jump before the law is taken off.
    """
    step, risk = steps(world, what)
    after = np.arange(MONTHS) >= world.before
    found = float(np.sum((step * risk)[after]) / np.sum(risk[after]))
    if change:
        found -= float(np.sum((step * risk)[~after]) / np.sum(risk[~after]))
    return found


def kink(world: Lives, *, change: bool = False) -> float:
    """Return the kink of the stock that receives, a month of age; see ``jump``."""
    exits, inside = steps(world, "leaves")
    entries, outside = steps(world, "enters")
    by_month = np.mean(entries * outside - exits * inside, axis=1)
    after = np.arange(MONTHS) >= world.before
    return float(by_month[after].mean() - (by_month[~after].mean() if change else 0.0))


def long_run(world: Lives) -> float:
    """Return the effect of the duty for good on the stock that receives, at the cutoff."""
    shares = []
    for duty in (1.0, 0.0):
        leave = exit_at(world, np.array(CUTOFF), np.array(duty), np.array(duty))
        enter = entry_at(world, np.array(CUTOFF), np.array(duty))
        shares.append(np.mean(enter / (enter + leave)))
    return float(shares[0] - shares[1])


def path(world: Lives, what: str) -> tuple[FloatArray, FloatArray]:
    """Return months from the cutoff and the expected stock, or exits among those at risk.

    Only of worlds in which the duty has always been there.
    """
    ages, shares = settled(world)
    near = np.abs(ages - CUTOFF) <= world.reach
    if what == "receives":
        return (ages - CUTOFF)[near].astype(float), shares.mean(axis=0)[near]
    young = under(ages, (DAYS - 1) / 2 / DAYS)
    leave = exit_at(world, ages, young, young)
    before = np.concatenate([shares[:, :1], shares[:, :-1]], axis=1)
    flow = np.sum(leave * before, axis=0) / np.sum(before, axis=0)
    return (ages - CUTOFF)[near].astype(float), flow[near]


def bend(world: Lives, what: str) -> float:
    """Return the largest second difference of a path on either side of the cutoff."""
    x, y = path(world, what)
    return float(max(np.abs(np.diff(y[side], 2)).max() for side in (x < 0, x > 0)))
