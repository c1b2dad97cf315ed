"""Find the panel columns: every module in this folder that is not part of the frame."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import cast

import data_synth
from evaluation.data.registers.columns.contract import ColumnModule

FRAME = frozenset({"contract", "registry"})


def module_names() -> tuple[str, ...]:
    """Return the names of the files, sorted; each may have a table of options in a mapping."""
    folder = importlib.import_module("evaluation.data.registers.columns").__path__
    names = (module.name for module in pkgutil.iter_modules(folder))
    return tuple(sorted(n for n in names if n not in FRAME and not n.startswith("_")))


@cache
def column_module(name: str) -> ColumnModule:
    """Return the file of that name."""
    module = importlib.import_module(f"evaluation.data.registers.columns.{name}")
    return cast(ColumnModule, module)


@cache
def owners() -> Mapping[str, str]:
    """Return the file that gives each panel column; those of ``person_month`` first, in order."""
    found = {name: file for file in module_names() for name in column_module(file).NAMES}
    known = [name for name in data_synth.COLUMNS if name in found]
    return MappingProxyType({name: found[name] for name in [*known, *sorted(found)]})
