"""Find the rules: every module of this folder that is not part of the frame, by rank."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache
from typing import cast

from evaluation.data.registers.rules.contract import Rule

FRAME = frozenset({"contract", "registry", "open_end"})


@cache
def rules() -> tuple[Rule, ...]:
    """Return the rules of whole tables in the order in which they are applied."""
    folder = importlib.import_module("evaluation.data.registers.rules").__path__
    names = (module.name for module in pkgutil.iter_modules(folder))
    found = [
        cast(Rule, importlib.import_module(f"evaluation.data.registers.rules.{name}"))
        for name in sorted(names)
        if name not in FRAME and not name.startswith("_")
    ]
    return tuple(sorted(found, key=lambda one: one.RANK))
