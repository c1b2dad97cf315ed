"""What number a model estimates, in words."""

from __future__ import annotations

from evaluation.report.language import language_of
from evaluation.report.words import spaced
from evaluation.spec.design import DidDesign
from evaluation.spec.model import Model
from evaluation.spec.spec import Spec

# Estimands on treated rows that a comparison of two groups identifies less the controls' effect.
COMPARED = frozenset({"att", "att_by_event_time", "hazard_effect"})


def estimand_words(spec: Spec, model: Model) -> str:
    """Return an estimand in words: what it is of, and under groups compared what is identified."""
    words = language_of(spec.lang)
    groups = isinstance(spec.design, DidDesign) and spec.design.treated is not None
    if groups and model.estimand in COMPARED:
        return words.text(f"estimand.compared.{model.estimand}")
    key = f"estimand.{model.estimand}"
    return words.text(key) if key in words else spaced(model.estimand)
