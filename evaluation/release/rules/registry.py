"""Find the rules: every module in this folder that is not part of the frame."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from functools import cache

from evaluation.release.rules.contract import RuleModule

FRAME = frozenset({"contract", "registry"})


@cache
def rules() -> Mapping[str, RuleModule]:
    """Return every rule by the table of a policy that holds its limits, sorted by it."""
    folder = importlib.import_module("evaluation.release.rules").__path__
    found = [_rule(one.name) for one in pkgutil.iter_modules(folder) if _is_rule(one.name)]
    return {rule.KEY: rule for rule in sorted(found, key=lambda rule: rule.KEY)}


def _is_rule(name: str) -> bool:
    return name not in FRAME and not name.startswith("_")


def _rule(name: str) -> RuleModule:
    module: RuleModule = importlib.import_module(f"evaluation.release.rules.{name}")  # type: ignore[assignment]
    return module
