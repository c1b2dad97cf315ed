"""All worlds, and what one panel of a world gives."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from town_panels.reads import Numbers

from cutoff_worlds import changes, checked, flows, stocks
from cutoff_worlds.world import MAIN, AtCutoff

if TYPE_CHECKING:
    import pandas as pd

    from evaluation import Result

WORLDS: Mapping[str, AtCutoff] = {
    **flows.WORLDS,
    **stocks.WORLDS,
    **changes.WORLDS,
    **checked.WORLDS,
}


def estimates(name: str, seed: int) -> dict[str, Numbers]:
    """Return what one panel gives, by line.

    Parameters
    ----------
    name
        The world.
    seed
        Of the panel.
    """
    world = WORLDS[name]
    frame = world.draw(seed)
    runs = {
        one: _estimated(text, frame) for one, text in {MAIN: world.text, **world.further}.items()
    }
    found = {}
    for one in world.asked:
        refused = world.refused.get(one.name)
        if refused:
            found[one.name] = [_refused(*refused, frame)]
        else:
            given = runs[one.run]
            found[one.name] = [None] * 4 if given is None else one.read(given)
    return found


def _estimated(text: str, frame: pd.DataFrame) -> Result | None:
    """Return what a spec gives, nothing where every model of it is refused."""
    from evaluation.errors import DataError, EstimationError

    try:
        return _run(text, frame)
    except (DataError, EstimationError):
        return None


def _run(text: str, frame: pd.DataFrame) -> Result:
    from evaluation import run

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "lives.toml"
        path.write_text(text, encoding="utf-8")
        return run(path, frame=frame, engine="microdata")


def _refused(text: str, words: str, frame: pd.DataFrame) -> float:
    """Return whether a spec is refused before it is estimated, in those words."""
    from evaluation.errors import SpecError

    try:
        _run(text, frame)
    except SpecError as error:
        return float(any(words in fault for fault in error.faults))
    return 0.0
