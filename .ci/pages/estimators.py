"""The page of estimators, made from their own files."""

from __future__ import annotations

from collections.abc import Iterator

from pages.branch import own_keys, prose

from evaluation.estimators.contract import Estimator
from evaluation.estimators.registry import estimator, estimator_names

TITLE = "Estimators"
HEAD = """\
One method a file, in `evaluation/estimators/`. What a design's estimand is, which assumptions \
identify it and which check speaks to each, `activity-duty explain SPEC` says for the spec at \
hand. Keys that all models share stand in the [spec reference](spec.md#model)."""


def text() -> str:
    """Return the page."""
    lines = [HEAD]
    for name in estimator_names():
        lines += ["", f"## {name}", "", *_one(name, estimator(name))]
    return "\n".join(lines)


def _one(name: str, module: Estimator) -> Iterator[str]:
    yield f"**{module.TITLE}.** {prose(module.__doc__)}"
    yield ""
    yield f"- Source: {module.SOURCE}"
    for title, words in (
        ("Designs", module.DESIGNS),
        ("Estimands", module.ESTIMANDS),
        ("Variances", module.VARIANCES),
    ):
        yield f"- {title}: {', '.join(f'`{one}`' for one in sorted(words))}"
    yield ""
    yield from own_keys("Model", "estimator", name)
