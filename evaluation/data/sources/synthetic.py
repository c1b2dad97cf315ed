"""Rows simulated from a world."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

import pandas as pd

import data_synth
from evaluation.errors import SpecError
from evaluation.spec.dates import reach
from evaluation.spec.panel import SyntheticPanel
from evaluation.spec.spec import Spec


@dataclass(frozen=True)
class Synthetic:
    """A world, a number of persons, a seed and the policy under which they live.

    ``recorded`` says whether rows hold what registers recorded or, for truth, what was. ``reach``
    is how many months before and after the panel's window are simulated beside it, as far as the
    world goes. ``history`` is the seed of national shocks, the world's own where it is ``None``.
    """

    panel: SyntheticPanel
    policy: str = "actual"
    recorded: bool = True
    reach: tuple[int, int] = (0, 0)
    history: int | None = None
    distinct: ClassVar[bool] = True

    def columns(self) -> tuple[str, ...]:
        """Return the columns that every world offers."""
        return tuple(data_synth.COLUMNS)

    def read(self, columns: Sequence[str]) -> pd.DataFrame:
        """Return the simulated person-months inside the panel's window, and as far as ``reach``."""
        panel = self.panel
        if panel.window is None:
            raise SpecError("panel.window: is missing; a synthetic panel needs two dates")
        low, high = panel.window
        if not isinstance(low, dt.date) or not isinstance(high, dt.date):
            raise SpecError("panel.window: is missing; a synthetic panel needs two dates")
        world = self._world()
        return data_synth.person_month(
            world,
            persons=panel.persons,
            seed=panel.seed,
            window=_widened(low, high, self.reach, world),
            policy=self.policy,
            columns=columns,
            ages=panel.age_range,
            recorded=self.recorded,
        )

    def _world(self) -> data_synth.World:
        world = data_synth.load_world(self.panel.world)
        if self.history is None or not world.age_shocks.sd:
            return world
        shocks = world.age_shocks.model_copy(update={"seed": self.history})
        return world.model_copy(update={"age_shocks": shocks})

    def inputs(self) -> Mapping[str, str]:
        """Return the digest of the world."""
        return {f"world:{self.panel.world}": data_synth.load_world(self.panel.world).digest}


def open_source(spec: Spec) -> Synthetic:
    """Return the synthetic source of a spec."""
    if not isinstance(spec.panel, SyntheticPanel):
        raise SpecError("panel.source: allowed here: synthetic")
    return Synthetic(spec.panel, reach=reach(spec))


def _widened(
    low: dt.date, high: dt.date, months: tuple[int, int], world: data_synth.World
) -> tuple[dt.date, dt.date]:
    """Return a window with further months on either side, as far as a world offers them."""
    if months == (0, 0):
        return low, high
    first = _moved(low, -months[0])
    last = _moved(high, months[1])
    return min(max(first, world.time.first), low), max(min(last, world.time.last), high)


def _moved(date: dt.date, months: int) -> dt.date:
    """Return the first day of the month so many months from a date's."""
    month = date.year * 12 + date.month - 1 + months
    return dt.date(month // 12, month % 12 + 1, 1)
