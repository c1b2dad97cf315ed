"""Find the shapes: every module in this folder that is not part of the frame."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache

from data_synth.shapes.contract import Shape
from data_synth.world.suggest import nearest
from evaluation.errors import UsageError

FRAME = frozenset({"contract", "keys", "registry"})


def list_shapes() -> tuple[str, ...]:
    """Return the names of the shapes, sorted."""
    folder = importlib.import_module("data_synth.shapes").__path__
    found = (module for module in pkgutil.iter_modules(folder) if not module.ispkg)
    return tuple(sorted(m.name for m in found if m.name not in FRAME and m.name[0] != "_"))


@cache
def shape(name: str) -> Shape:
    """Return the shape of that name.

    Raises
    ------
    UsageError
        If there is none.
    """
    if name not in list_shapes():
        allowed = ", ".join(list_shapes())
        raise UsageError(
            f'shape "{name}": unknown; allowed: {allowed}{nearest(name, list_shapes())}'
        )
    module: Shape = importlib.import_module(f"data_synth.shapes.{name}")
    return module
