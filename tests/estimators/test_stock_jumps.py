"""A jump asked of a stock carries a warning where the outcome is known to be one."""

import pytest

from evaluation.catalogue import catalogue
from evaluation.estimators._rd import STOCK_JUMPS
from evaluation.pipeline import run_spec
from evaluation.spec.loader import read_spec
from evaluation.spec.shipped import find_spec


@pytest.mark.parametrize(
    ("rows", "outcomes", "warned"),
    [
        ("person_month", ["employed", "sa_exit"], {"employed"}),
        ("at_risk_exit", ["employed", "sa_exit"], set()),
    ],
)
def test_a_stock_that_is_asked_to_jump_is_warned_of(rows, outcomes, warned):
    settings = {
        "panel.persons": 30_000,
        "sample.rows": rows,
        "models.exit_flow.outcomes": outcomes,
        "models.exit_flow.bandwidth.fixed": 24,
    }
    spec = read_spec(find_spec("release_at_30"), catalogue(), settings=settings)
    (model, *_) = spec.models
    alone = spec.model_copy(update={"models": (model,), "checks": ()}).bound_to(spec.origin)
    found = run_spec(alone).estimates
    assert {one.outcome for one in found if STOCK_JUMPS in one.reason} == warned
