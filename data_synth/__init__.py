"""The synthetic Norway: worlds with known truth, simulated person by person and month by month."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from data_synth.life.policies import POLICIES
from data_synth.panel.columns import COLUMNS
from data_synth.world.loader import WorldSummary, list_worlds, load_world, world_names

if TYPE_CHECKING:
    import pandas as pd

    from data_synth.world.schema import World

__all__ = [
    "COLUMNS",
    "POLICIES",
    "World",
    "WorldSummary",
    "list_worlds",
    "load_world",
    "person_month",
    "world_names",
]


def person_month(
    world: World,
    *,
    persons: int,
    seed: int,
    window: tuple[date, date],
    policy: str = "actual",
    columns: Sequence[str] | None = None,
    ages: tuple[int, int] | None = None,
    recorded: bool = True,
) -> pd.DataFrame:
    """Simulate a world and return its person-months, sorted by person and month.

    See ``data_synth.panel.frame.simulate_person_month``, which this imports when called.
    """
    from data_synth.panel.frame import simulate_person_month

    return simulate_person_month(
        world,
        persons=persons,
        seed=seed,
        window=window,
        policy=policy,
        columns=columns,
        ages=ages,
        recorded=recorded,
    )


def __getattr__(name: str) -> Any:
    if name == "World":  # pydantic is not loaded before somebody needs it
        from data_synth.world.schema import World

        return World
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
