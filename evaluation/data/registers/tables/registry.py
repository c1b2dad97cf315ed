"""Find the canonical tables: every module of this folder that is not part of the frame."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from types import MappingProxyType

from evaluation.data.registers.contract import Table

FRAME = frozenset({"registry"})


def _found() -> dict[str, Table]:
    folder = importlib.import_module("evaluation.data.registers.tables").__path__
    names = sorted(module.name for module in pkgutil.iter_modules(folder))
    return {
        name: importlib.import_module(f"evaluation.data.registers.tables.{name}").TABLE
        for name in names
        if name not in FRAME and not name.startswith("_")
    }


# By name, sorted.
TABLES: Mapping[str, Table] = MappingProxyType(_found())
