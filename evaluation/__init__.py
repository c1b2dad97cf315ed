"""Causal evaluation of the activity duty from specs.

>>> import evaluation as ad
>>> result = ad.run("spec.toml", set={"panel.persons": 10_000})
>>> result.estimates
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from evaluation.api import Result, load_spec, run
    from evaluation.spec.spec import Spec

__all__ = ["Result", "Spec", "load_spec", "run"]


def __getattr__(name: str) -> Any:
    # Pandas and pydantic take their time: nothing is imported before it is asked for.
    if name == "Spec":
        from evaluation.spec.spec import Spec

        return Spec
    if name in __all__:
        from evaluation import api

        return getattr(api, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
