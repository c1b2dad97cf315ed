"""All worlds, and what one panel of a world gives."""

from __future__ import annotations

from collections.abc import Mapping

from town_panels import by_age, few, half_known, staggered
from town_panels.reads import Numbers
from town_panels.world import World

WORLDS: Mapping[str, World] = {
    **staggered.WORLDS,
    **few.WORLDS,
    **half_known.WORLDS,
    **by_age.WORLDS,
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
    import tempfile
    from pathlib import Path

    from evaluation import run

    world = WORLDS[name]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "panel.toml"
        path.write_text(world.text, encoding="utf-8")
        result = run(path, frame=world.draw(seed), engine="microdata")
    return {one.name: one.read(result) for one in world.asked}
