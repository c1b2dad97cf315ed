"""Which estimators have lines in another language; a file of ``foreign/estimators`` each."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache
from typing import cast

from evaluation.review.foreign import estimators
from evaluation.review.foreign.contract import Foreign


@cache
def foreign_names() -> tuple[str, ...]:
    """Return the estimators that have lines, sorted."""
    names = (one.name for one in pkgutil.iter_modules(estimators.__path__))
    return tuple(sorted(name for name in names if not name.startswith("_")))


def foreign_of(estimator: str) -> Foreign | None:
    """Return the lines of an estimator, ``None`` where it has none."""
    if estimator not in foreign_names():
        return None
    return cast(Foreign, importlib.import_module(f"{estimators.__name__}.{estimator}"))
