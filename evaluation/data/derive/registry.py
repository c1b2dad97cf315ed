"""Find the operations: every module in this folder that is not part of the frame."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache
from typing import cast

from evaluation.data.derive.contract import Grouped, Operation, RowWise
from evaluation.spec.catalogue import OperationOffer

FRAME = frozenset({"contract", "deriving", "registry"})


def operation_names() -> tuple[str, ...]:
    """Return the names of the operations, sorted."""
    folder = importlib.import_module("evaluation.data.derive").__path__
    names = (module.name for module in pkgutil.iter_modules(folder))
    return tuple(sorted(n for n in names if n not in FRAME and not n.startswith("_")))


@cache
def operation(name: str) -> Operation:
    """Return the operation of that name."""
    return cast(Operation, importlib.import_module(f"evaluation.data.derive.{name}"))


def row_wise(name: str) -> RowWise | None:
    """Return the operation of that name where a query can work it out, else ``None``."""
    found = operation(name)
    return cast(RowWise, found) if found.ROW_WISE else None


def grouped(name: str) -> Grouped | None:
    """Return the operation of that name where sums by group give its value, else ``None``."""
    found = operation(name)
    return cast(Grouped, found) if hasattr(found, "grouping") else None


def queried(name: str) -> bool:
    """Whether a query engine can work out the operation of that name without a frame of rows."""
    return row_wise(name) is not None or grouped(name) is not None


def operation_offers() -> dict[str, OperationOffer]:
    """Return what the spec loader must know of every operation."""
    return {
        name: OperationOffer(one.Options, frozenset(one.NEEDS))
        for name in operation_names()
        for one in (operation(name),)
    }
