"""The canonical tables as they are, a folder each, with opaque keys."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from data_synth.shapes.declared.carried import carried
from data_synth.shapes.declared.registers import PERSONS
from data_synth.shapes.declared.registers import REFERENCE as _PLACES
from data_synth.shapes.writing.deliver import File, close, deliver

if TYPE_CHECKING:
    import pandas as pd

    from data_synth.world.schema import World

NAME = "tables"
FORMATS = ("parquet", "csv")
TABLES = PERSONS
REFERENCE = _PLACES
CARRIES = carried((*TABLES, *REFERENCE))


def write(
    tables: Mapping[str, pd.DataFrame],
    folder: Path,
    part: str,
    world: World,
    seed: int,
    format: str,
) -> None:
    """Write one chunk of persons; see ``contract.Shape``."""
    deliver(sys.modules[__name__], _layout, tables, folder, part, world, seed, format)


def finish(
    folder: Path,
    reference: Mapping[str, pd.DataFrame],
    world: World,
    seed: int,
    format: str,
) -> None:
    """Close the delivery; see ``contract.Shape``."""
    close(sys.modules[__name__], folder, reference, world, seed, format)


def _layout(tables: Mapping[str, Any], world: World, seed: int) -> Mapping[str, File]:
    return {name: File(table, "person_id") for name, table in tables.items()}
