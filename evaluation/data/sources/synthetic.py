"""Rows simulated from a world."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

import pandas as pd

import data_synth
from evaluation.errors import SpecError
from evaluation.spec.panel import SyntheticPanel
from evaluation.spec.spec import Spec


@dataclass(frozen=True)
class Synthetic:
    """A world, a number of persons, a seed and the policy under which they live.

    ``recorded`` says whether rows hold what registers recorded or, for truth, what was.
    """

    panel: SyntheticPanel
    policy: str = "actual"
    recorded: bool = True
    distinct: ClassVar[bool] = True

    def columns(self) -> tuple[str, ...]:
        """Return the columns that every world offers."""
        return tuple(data_synth.COLUMNS)

    def read(self, columns: Sequence[str]) -> pd.DataFrame:
        """Return the simulated person-months inside the panel's window."""
        panel = self.panel
        if panel.window is None or not isinstance(panel.window[0], dt.date):
            raise SpecError("panel.window: is missing; a synthetic panel needs two dates")
        world = data_synth.load_world(panel.world)
        return data_synth.person_month(
            world,
            persons=panel.persons,
            seed=panel.seed,
            window=panel.window,
            policy=self.policy,
            columns=columns,
            ages=panel.age_range,
            recorded=self.recorded,
        )

    def inputs(self) -> Mapping[str, str]:
        """Return the digest of the world."""
        return {f"world:{self.panel.world}": data_synth.load_world(self.panel.world).digest}


def open_source(spec: Spec) -> Synthetic:
    """Return the synthetic source of a spec."""
    if not isinstance(spec.panel, SyntheticPanel):
        raise SpecError("panel.source: allowed here: synthetic")
    return Synthetic(spec.panel)
