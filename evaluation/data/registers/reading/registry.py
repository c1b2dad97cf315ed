"""Find the file formats: every module of this folder that names endings."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import cast

from evaluation.data.registers.reading.contract import Format


@cache
def formats() -> Mapping[str, Format]:
    """Return the formats by the endings of their files."""
    folder = importlib.import_module("evaluation.data.registers.reading").__path__
    modules = (
        importlib.import_module(f"evaluation.data.registers.reading.{module.name}")
        for module in pkgutil.iter_modules(folder)
    )
    found = [cast(Format, one) for one in modules if hasattr(one, "ENDINGS")]
    return MappingProxyType({ending: one for one in found for ending in one.ENDINGS})
