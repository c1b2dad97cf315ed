"""A declared universe of specifications: every choice of every axis of ``[[vary]]``."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from evaluation.spec.spec import Spec

# More specifications than this take longer than anyone waits, and say no more than a part of them.
LARGEST = 10_000
CURVE = "specification_curve"
# The path of an axis: the array of models, then the model's id.
MODELS = "models"


@dataclass(frozen=True)
class Choice:
    """One value of every axis that bears on a model.

    Attributes
    ----------
    model_id
        The model.
    number
        Place in the model's universe, from 1, the first axis slowest; 0 for the spec as declared.
    values
        Value by path, as the spec's text has it, in the order of the axes.
    """

    model_id: str
    number: int
    values: Mapping[str, Any]


def universe_models(spec: Spec) -> tuple[str, ...]:
    """Return the models that are specified in several ways, in the order of the spec.

    Those that an axis names or a check of kind ``specification_curve`` is asked of; all where
    there are none. Without axes there is no universe, and no model.
    """
    if not spec.vary:
        return ()
    known = tuple(model.id for model in spec.models)
    paths = (one.path.split(".") for one in spec.vary)
    named = {path[1] for path in paths if path[0] == MODELS and len(path) > 1}
    for check in spec.checks:
        if check.kind == CURVE:
            named |= set(known) if check.model is None else {check.model}
    return tuple(name for name in known if name in named) or known


def axes_of(spec: Spec, model_id: str) -> tuple[str, ...]:
    """Return the paths of the axes that bear on a model: its own, and those of no model."""
    own = (MODELS, model_id)
    paths = (one.path for one in spec.vary)
    return tuple(
        path
        for path in paths
        if not path.startswith(f"{MODELS}.") or tuple(path.split(".")[:2]) == own
    )


def values_of(spec: Spec) -> dict[str, tuple[Any, ...]]:
    """Return the values of every axis by its path, as they are written."""
    return {one.path: one.values for one in spec.vary}


def universe_size(spec: Spec) -> int:
    """Return how many specifications the axes make, over all models; outcomes count once."""
    values = values_of(spec)
    return sum(
        math.prod(len(values[path]) for path in axes_of(spec, name))
        for name in universe_models(spec)
    )


def size_words(spec: Spec) -> str:
    """Return the axes with how many values each has: ``models.main.controls (4) × ...``."""
    return " \N{MULTIPLICATION SIGN} ".join(f"{one.path} ({len(one.values)})" for one in spec.vary)


def choices_of(spec: Spec, model_id: str) -> Iterator[Choice]:
    """Yield every choice of a model's axes, the first axis slowest."""
    values = values_of(spec)
    paths = axes_of(spec, model_id)
    product = itertools.product(*(values[path] for path in paths))
    for number, chosen in enumerate(product, start=1):
        yield Choice(model_id, number, dict(zip(paths, chosen, strict=True)))
