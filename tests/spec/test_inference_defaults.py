"""Defaults of inference: variance and distribution by source, cluster and estimator."""

from __future__ import annotations

from typing import Any

import pytest

from evaluation.spec.resolve import resolve_inference
from evaluation.spec.variance import Inference

PANELS: dict[str, dict[str, Any]] = {
    "file": {"source": "file", "path": "rows.csv"},
    "synthetic": {"source": "synthetic", "world": "published_null", "persons": 9, "seed": 1},
    "registers": {"source": "registers", "mapping": "delivery.toml"},
    "sql": {"source": "sql", "url": "duckdb:///rows.duckdb", "table": "rows"},
}
RD = {
    "kind": "rd",
    "running_variable": {"column": "margin"},
    "cutoff": 0,
    "treated_side": "above",
}
MUNI, TWO = "muni_h", ["muni_h", "person_id"]

# source, cluster, estimator -> variance, distribution
DEFAULTS = [
    ("file", None, "twfe", "hc1", "t"),
    ("file", "person_id", "twfe", "cr1", "t"),
    ("file", MUNI, "twfe", "cr1", "t"),
    ("file", TWO, "twfe", "cr1", "t"),
    ("file", MUNI, "rd_polynomial", "cr1", "normal"),
    ("file", None, "rd_polynomial", "hc1", "normal"),
    ("file", None, "rd_robust", "nn", "normal"),
    ("file", "person_id", "rd_robust", "cr1", "normal"),
    ("synthetic", None, "twfe", "hc1", "t"),
    ("synthetic", "person_id", "twfe", "cr1", "t"),
    ("synthetic", MUNI, "twfe", "cr3", "t"),
    ("synthetic", MUNI, "twfe_event_study", "cr3", "t"),
    ("synthetic", TWO, "twfe", "cr1", "t"),
    ("synthetic", MUNI, "rd_robust", "cr1", "normal"),
    ("synthetic", MUNI, "rd_polynomial", "cr1", "normal"),
    ("synthetic", None, "rd_robust", "nn", "normal"),
    ("registers", MUNI, "twfe", "cr3", "t"),
    ("registers", "office_id", "twfe", "cr3", "t"),
    ("registers", "person_id", "twfe", "cr1", "t"),
    ("sql", MUNI, "twfe", "cr3", "t"),
    ("sql", None, "twfe", "hc1", "t"),
]
ESTIMANDS = {"twfe": "att", "twfe_event_study": "att_by_event_time"}


def model(estimator: str, cluster: Any, **more: Any) -> dict[str, Any]:
    named = {} if cluster is None else {"cluster": cluster}
    estimand = ESTIMANDS.get(estimator, "itt_at_cutoff")
    return {"id": "main", "estimand": estimand, "estimator": estimator, **named, **more}


def resolved(short, source: str, table: dict[str, Any]) -> Inference:
    design = {"design": RD} if table["estimator"].startswith("rd_") else {}
    spec = short(panel=PANELS[source], models=[table], **design)
    return resolve_inference(spec, spec.models[0])


@pytest.mark.parametrize(("source", "cluster", "estimator", "variance", "distribution"), DEFAULTS)
def test_defaults(short, source, cluster, estimator, variance, distribution) -> None:
    found = resolved(short, source, model(estimator, cluster))
    clusters = () if cluster is None else (cluster,) if isinstance(cluster, str) else tuple(cluster)
    assert found == Inference(clusters, variance, "nested", "g", distribution)


def test_what_is_asked_for_is_given(short) -> None:
    asked = {
        "variance": "cr1",
        "distribution": "normal",
        "small_sample": {"fixed_effects": "full", "cluster": "none"},
    }
    found = resolved(short, "synthetic", model("twfe", MUNI, **asked))
    assert found == Inference((MUNI,), "cr1", "full", "none", "normal")
