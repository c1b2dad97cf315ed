"""Find the shapes: every module in this folder that is not part of the frame."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache

from evaluation.data.registers.shapes.contract import Shape

FRAME = frozenset({"contract", "registry"})


def shape_names() -> tuple[str, ...]:
    """Return the names of the shapes, sorted."""
    folder = importlib.import_module("evaluation.data.registers.shapes").__path__
    names = (module.name for module in pkgutil.iter_modules(folder))
    return tuple(sorted(n for n in names if n not in FRAME and not n.startswith("_")))


@cache
def shape(name: str) -> Shape:
    """Return the shape of that name, one of ``shape_names()``."""
    module: Shape = importlib.import_module(f"evaluation.data.registers.shapes.{name}")
    return module
