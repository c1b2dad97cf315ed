"""Groups whose treatment changes, against those whose treatment stays as it was.

A contrast compares the change in outcome of groups that switch at one period with that of groups
with the same treatment before, which keep it. With A the switchers, B the stayers, w_i the weight
of group i and sign s (-1 where treatment is left),

    delta = s (sum_A w dY / sum_A w - sum_B w dY / sum_B w),

de Chaisemartin and D'Haultfoeuille (2020), American Economic Review 110(9), theorem 3.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from evaluation.data.model_data import FloatArray, IntArray
from evaluation.errors import DataError

BoolArray = NDArray[np.bool_]


@dataclass(frozen=True)
class Grid:
    """Groups over periods, G groups and T periods.

    Attributes
    ----------
    y
        Mean outcome, ``nan`` where a group has no row, shape ``(G, T)``.
    weight
        Weight of the rows, shape ``(G, T)``.
    rows
        Rows of the panel, shape ``(G, T)``.
    treated
        Whether the group is treated, shape ``(G, T)``.
    block
        Cluster of every group, shape ``(G,)``.
    """

    y: FloatArray
    weight: FloatArray
    rows: IntArray
    treated: BoolArray
    block: IntArray

    @property
    def seen(self) -> BoolArray:
        """Whether a group has a row, shape ``(G, T)``."""
        found: BoolArray = self.weight > 0
        return found

    @property
    def periods(self) -> int:
        """Number of periods, T."""
        return int(self.y.shape[1])


@dataclass(frozen=True)
class Switch:
    """One contrast before it is estimated.

    Attributes
    ----------
    kind
        ``joiners`` or ``leavers``.
    event_time
        Periods since the switch.
    late, early
        Positions of the two periods whose outcomes are compared.
    at
        Position of the period whose weights count.
    switchers, stayers
        Groups, each of shape ``(G,)``.
    """

    kind: str
    event_time: int
    late: int
    early: int
    at: int
    switchers: BoolArray
    stayers: BoolArray


def first_differences(grid: Grid, placebos: int) -> tuple[Switch, ...]:
    """Return the contrasts of every switch with the period before, and of placebos before that.

    Placebo l compares the periods l and l + 1 before the switch, among groups whose treatment was
    the same in all periods from l + 1 before it on.

    Parameters
    ----------
    grid
        Groups over periods.
    placebos
        How many.
    """
    found = []
    for at in range(1, grid.periods):
        for lag in range(placebos + 1):
            early = at - 1 - lag
            if early < 0:
                break
            seen = grid.seen[:, early : at + 1].all(axis=1)
            before = grid.treated[:, early:at]
            for kind, state in (("joiners", False), ("leavers", True)):
                same = seen & (before == state).all(axis=1)
                now = grid.treated[:, at] == state
                found.append(Switch(kind, -lag, at - lag, early, at, same & ~now, same & now))
    return tuple(found)


def since_first_switch(grid: Grid, effects: int | None, placebos: int) -> tuple[Switch, ...]:
    """Return the contrasts of groups since their first switch with those yet to switch.

    Groups are compared with those of the same treatment in the first period that they are seen,
    from the period before the switch to every later one. Placebo l goes from there to l periods
    earlier. De Chaisemartin and D'Haultfoeuille (2024), Review of Economics and Statistics,
    section 3.

    Parameters
    ----------
    grid
        Groups over periods.
    effects
        How many periods from the switch on; ``None`` for all.
    placebos
        How many periods before it.
    """
    start = np.argmax(grid.seen, axis=1)
    baseline = grid.treated[np.arange(len(start)), start]
    changed = grid.seen & (grid.treated != baseline[:, None])
    first = np.where(changed.any(axis=1), np.argmax(changed, axis=1), grid.periods)
    found = []
    for at in range(1, grid.periods):
        last = grid.periods if effects is None else min(at + effects, grid.periods)
        for late in (*range(max(at - 1 - placebos, 0), at - 1), *range(at, last)):
            seen = grid.seen[:, late] & grid.seen[:, at - 1]
            for kind, state in (("joiners", False), ("leavers", True)):
                own = seen & (baseline == state)
                held = max(late, at)
                found.append(
                    Switch(
                        kind,
                        late - at,
                        late,
                        at - 1,
                        late,
                        own & (first == at),
                        own & (first > held),
                    )
                )
    return tuple(found)


@dataclass(frozen=True)
class Contrasts:
    """Estimated contrasts, m in all, with what every cluster has in them.

    Attributes
    ----------
    switches
        What they are.
    sign
        -1 where treatment is left, shape ``(m,)``.
    weight, total
        Sums of weights, and of weights times the change in outcome, of switchers and stayers by
        cluster, each of shape ``(2, blocks, m)``.
    """

    switches: tuple[Switch, ...]
    sign: FloatArray
    weight: FloatArray
    total: FloatArray

    @property
    def mass(self) -> FloatArray:
        """Weight of the switchers, shape ``(m,)``."""
        found: FloatArray = self.weight[0].sum(axis=0)
        return found

    def values(self) -> FloatArray:
        """Return the contrasts, shape ``(m,)``."""
        means = self.total.sum(axis=1) / self.weight.sum(axis=1)
        found: FloatArray = self.sign * (means[0] - means[1])
        return found

    def influence(self) -> FloatArray:
        """Return what every cluster adds to the contrasts, shape ``(blocks, m)``."""
        whole = self.weight.sum(axis=1)
        means = self.total.sum(axis=1) / whole
        parts = (self.total - means[:, None] * self.weight) / whole[:, None]
        found: FloatArray = self.sign * (parts[0] - parts[1])
        return found

    def without_each(self) -> tuple[FloatArray, FloatArray]:
        """Return contrasts and weights of switchers without each cluster, ``(blocks, m)`` each.

        A contrast that has lost its switchers or its stayers has weight zero.
        """
        whole = self.weight.sum(axis=1)[:, None]
        rest = whole - self.weight
        # What only one cluster fills keeps rounding errors, not groups.
        rest[rest < 1e-9 * whole] = 0.0
        there = (rest > 0).all(axis=0)
        left = self.total.sum(axis=1)[:, None] - self.total
        means = left / np.where(rest > 0, rest, 1.0)
        return np.where(there, self.sign * (means[0] - means[1]), 0.0), rest[0] * there


def contrasts_of(grid: Grid, switches: tuple[Switch, ...], blocks: int) -> Contrasts:
    """Estimate contrasts; each has switchers and stayers.

    Parameters
    ----------
    grid
        Groups over periods.
    switches
        What to estimate; m in all.
    blocks
        Number of clusters.
    """
    weight = np.zeros((2, blocks, len(switches)))
    total = np.zeros_like(weight)
    for j, one in enumerate(switches):
        for side, groups in enumerate((one.switchers, one.stayers)):
            at = np.flatnonzero(groups)
            own, block = grid.weight[at, one.at], grid.block[at]
            change = grid.y[at, one.late] - grid.y[at, one.early]
            weight[side, :, j] = np.bincount(block, own, blocks)
            total[side, :, j] = np.bincount(block, own * change, blocks)
    sign = np.array([1.0 if one.kind == "joiners" else -1.0 for one in switches])
    return Contrasts(switches, sign, weight, total)


def averaged(found: Contrasts, parts: FloatArray, estimated: bool) -> tuple[FloatArray, FloatArray]:
    """Return averages by weight of the switchers, and influences, ``(T,)`` and ``(blocks, T)``.

    Parameters
    ----------
    found
        Contrasts; m in all.
    parts
        1.0 where a contrast is in an average, shape ``(T, m)``.
    estimated
        Whether the switchers' shares vary.
    """
    contrasts, shares = found.values(), parts * found.mass
    whole = shares.sum(axis=1, keepdims=True)
    shares = shares / whole
    values = shares @ contrasts
    influence = found.influence() @ shares.T
    if estimated:
        slope = parts * (contrasts - values[:, None]) / whole
        influence = influence + found.weight[0] @ slope.T
    return values, influence


def averages_without_each(
    found: Contrasts, parts: FloatArray, estimated: bool, outcome: str
) -> FloatArray:
    """Return the averages without each cluster, shape ``(blocks, T)``.

    Parameters
    ----------
    found, parts, estimated
        As for :func:`averaged`.
    outcome
        For messages.

    Raises
    ------
    DataError
        Where one does not exist without some cluster.
    """
    contrasts, mass = found.without_each()
    if not estimated:
        mass = np.where(mass > 0, found.mass, 0.0)
    whole = mass @ parts.T
    gone = not (whole > 0).all() or (not estimated and not (mass > 0).all())
    if gone:
        raise DataError(
            f"outcome {outcome}: variance cr3: without one of the clusters an effect is not "
            "identified, since its switchers or stayers live in that cluster alone: set variance = "
            "'cr1'"
        )
    result: FloatArray = ((mass * contrasts) @ parts.T) / whole
    return result
