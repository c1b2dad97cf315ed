"""Records made by hand for tests of the page: a plain one, and one with all that can be off."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from evaluation.catalogue import catalogue
from evaluation.data.panel import FlowStep
from evaluation.report.record import Record
from evaluation.report.software import Software
from evaluation.results import Check, Detail, Estimate
from evaluation.spec.loader import build_spec
from evaluation.spec.origin import Origin
from evaluation.spec.settings import Settings

NASTY = "<script>window.injected = 1</script> \"quotes\" 'and' <b>$x_1$</b> \\alpha 50 % & more"
LONG = "Very" + "long" * 49
DIGEST = "a1" * 32
SOFTWARE = Software({"version": "0.1.0", "commit": None}, "3.11", {"numpy": "2.0"}, None)


def tables(labels: Sequence[str], lang: str, title: str, models: int = 2) -> dict[str, Any]:
    """Return the tables of a spec with an outcome a label, and models by event time after one."""
    path = {"estimand": "att_by_event_time", "estimator": "twfe_event_study"}
    paths = [path | {"id": f"path{at}", "reference": -1} for at in range(1, models)]
    return {
        "schema_version": 1,
        "id": "tiny",
        "title": title,
        "lang": lang,
        "panel": {
            "source": "synthetic", "world": "published_null", "persons": 1000, "seed": 1,
            "unit": "person_id", "time": "ym", "time_unit": "month", "period": "month",
        },
        "outcomes": {
            f"y{at}": {"column": "employed", "kind": "binary", "label": label}
            for at, label in enumerate(labels)
        },
        "design": {
            "kind": "did", "reform_date": dt.date(2017, 1, 1),
            "treated": {"column": "age_months", "below": 360, "assigned_at": "period_start"},
        },
        "threats": [{"name": title, "affects": "under 30", "at_cutoff": True}],
        "models": [{"id": "main", "estimand": "att_relative", "estimator": "twfe"}, *paths],
        "checks": [{"kind": "pretrends", "model": "path1"}] if models > 1 else [],
    }  # fmt: skip


def record(
    rows: Sequence[Estimate],
    labels: Sequence[str] = ("Employed", "In education"),
    *,
    lang: str = "en",
    title: str = "Under-30 duty: ages 25-29 against 31-34",
    models: int = 2,
    details: Sequence[Detail] = (),
    checks: Sequence[Check] = (),
    notes: Sequence[str] = (),
) -> Record:
    """Return a record of such a spec."""
    spec = build_spec(
        tables(labels, lang, title, models), catalogue(), settings=Settings({}, ()),
        origin=Origin(digest=DIGEST), label="tiny.toml",
    )  # fmt: skip
    flow = (
        FlowStep("rows read", 242040, 4945),
        FlowStep("drop periods 2016-07-01 to 2016-12-31", 224623, 4943),
        FlowStep(title, 203726, None),
    )
    return Record(
        spec, tuple(rows), tuple(details), tuple(checks), flow, {"world:published_null": DIGEST},
        notes=tuple(notes), software=SOFTWARE,
    )  # fmt: skip


def headline(outcome: str, value: float | None, **more: Any) -> Estimate:
    """Return the row of the main model."""
    numbers = {} if value is None else {
        "estimate": value, "std_error": 0.0138, "conf_low": value - 0.027,
        "conf_high": value + 0.027, "p_value": 0.63, "n_obs": 203726, "n_units": 4943,
        "n_clusters": 318,
    }  # fmt: skip
    return Estimate("tiny", "main", "twfe", "att_relative", outcome, **(numbers | more))


def event(outcome: str, at: int, value: float, model: str = "path1", **more: Any) -> Estimate:
    """Return one row by event time."""
    numbers = {"std_error": 0.01, "conf_low": value - 0.02, "conf_high": value + 0.02}
    return Estimate(
        "tiny", model, "twfe_event_study", "att_by_event_time", outcome,
        event_time=at, estimate=value, **(numbers | more),
    )  # fmt: skip


def plain() -> Record:
    """Return what most pages look like."""
    rows = [headline("y0", 0.0066324), headline("y1", 0.0042505)]
    rows += [event(name, at, 0.003 * at) for name in ("y0", "y1") for at in range(-3, 4)]
    checks = [
        Check("tiny", "pretrends", "path1", "y0", "", 10.06, 0.154, "not detected", "power 9%"),
        Check("tiny", "pretrends", "path1", "y1", "", 30.06, 0.001, "violation found", "a test"),
        Check("tiny", "leave_one_out", "main", "y0", "", 0.28, None, "no cluster decides", "318"),
        Check("tiny", "equivalence", "", "y0", "", None, None, "no_bound_given", "state one"),
        Check("tiny", "bacon", "main", "y1", "", None, None, "refused", "no cohorts"),
    ]
    truths = [Detail("tiny", "main", "truth", name, "", "truth", 0.0) for name in ("y0", "y1")]
    return record(rows, details=truths, checks=checks, notes=("The sample is selected.",))


def nasty() -> Record:
    """Return markup and length wherever a user or a method may put words."""
    bare = {"std_error": None, "conf_low": None, "conf_high": None}
    rows = [
        headline("y0", None, status="failed", reason=NASTY),
        headline("y1", 123456789.123456),
        headline("y2", 0.01, **bare, p_value=None, status="warned", reason=LONG),
        *(event("y1", at, float(at), **bare) for at in range(-3, 4)),
    ]
    rows += [
        Estimate(
            "tiny", "main", "twfe", "att_relative", "y1", subgroup=f"{NASTY} = {level}",
            estimate=0.1, std_error=0.1, conf_low=-0.1, conf_high=0.3, p_value=0.3, n_obs=10,
        )
        for level in range(2)
    ]  # fmt: skip
    checks = [
        Check("tiny", NASTY, NASTY, NASTY, NASTY, None, None, NASTY, NASTY),
        Check("tiny", "pretrends", "path1", "y1", LONG, 1e9, 0.5, LONG, LONG),
    ]
    return record(
        rows, (NASTY, LONG, "Æ ø å"), lang="nb", title=NASTY, checks=checks, notes=(NASTY, LONG)
    )
