"""What a spec claims in words: estimand, equation, assumptions, and what speaks to each."""

from __future__ import annotations

from dataclasses import dataclass

from evaluation.estimators.contract import Estimator, Setting
from evaluation.estimators.fitting import setting_of
from evaluation.estimators.registry import estimator
from evaluation.report.estimand_words import estimand_words
from evaluation.report.language import Language, language_of
from evaluation.report.model_words import model_words
from evaluation.report.phrases import equation_words, said
from evaluation.report.record import Record
from evaluation.report.spoken_to import spoken_to
from evaluation.report.weighting import weighting
from evaluation.spec.columns import columns_of_spec
from evaluation.spec.model import Model
from evaluation.spec.spec import Spec


@dataclass(frozen=True)
class Statement:
    """One model in words.

    Attributes
    ----------
    estimand
        In words, with population and weights.
    equation
        One line.
    details
        Outcomes, filters and options, one line.
    assumptions
        What identifies it, each with what speaks to it.
    """

    model_id: str
    estimator: str
    estimand: str
    equation: str
    details: str
    assumptions: tuple[tuple[str, str], ...]
    inference: str
    source: str


def statements_of(record: Record) -> tuple[Statement, ...]:
    """Return the statements of a record's models."""
    return model_statements(record.spec)


def model_statements(spec: Spec) -> tuple[Statement, ...]:
    """Return one statement for each model of a spec that has a design; needs no data."""
    # Without a design a model has no equation and nothing that identifies it.
    models = () if spec.design.kind == "none" else spec.models
    return tuple(_statement(spec, model) for model in models)


def _statement(spec: Spec, model: Model) -> Statement:
    words = language_of(spec.lang)
    module = estimator(model.estimator)
    setting = setting_of(spec, model)
    estimand = estimand_words(spec, model)
    if model.options.compares_third and not model.estimand.startswith("change_in"):
        estimand = words.text("statement.third", words=estimand)
    over = weighting(spec, model)
    return Statement(
        model.id,
        said("estimator", module.TITLE, words),
        words.text("statement.estimand", name=model.estimand, words=estimand, weighting=over),
        equation_words(module.equation(setting), words, columns_of_spec(spec)),
        model_words(spec, model),
        tuple(
            (said("assumption", text, words), spoken_to(spec, model, text, kinds))
            for text, kinds in module.assumptions(setting)
        ),
        _inference(setting, words) if module.VARIANCES else _resampled(module, words),
        module.SOURCE,
    )


def _resampled(module: Estimator, words: Language) -> str:
    """Return how an estimator without standard errors of its own infers."""
    stated: str | None = getattr(module, "INFERENCE", None)
    return words.text("inference.placebo") if stated is None else said("inference", stated, words)


def _inference(setting: Setting, words: Language) -> str:
    inference = setting.inference
    values = {
        "variance": words.text(f"inference.{inference.variance}"),
        "distribution": words.text(f"inference.{inference.distribution}"),
    }
    if not inference.cluster:
        return words.text("inference.plain", **values)
    columns = words.listed(inference.cluster)
    return words.text("inference.clustered", **values, columns=columns)
