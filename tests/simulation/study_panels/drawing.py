"""One replication of one line: a world drawn anew, the study estimated, its truth set beside."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from validation import digest_of

from study_panels.asked import Asked, all_lines, spec_of

if TYPE_CHECKING:
    from evaluation import Spec
    from evaluation.diagnose.replicate import Number

ROOT = Path(__file__).resolve().parents[3]
LEVEL = 0.05
TRUTH = "truth/"
# All that stands between a study and a replication of it.
MAKERS = (
    "data_synth", "evaluation/data", "evaluation/spec", "evaluation/cells", "evaluation/inference",
    "evaluation/estimators", "evaluation/checks",
)  # fmt: skip
OWN = ("evaluation/diagnose/replicate.py", "evaluation/diagnose/worlds.py")
# Estimate, error, ends of the interval, p-value and the pair on which the interval stands; a truth
# and its error; or why there is none.
Found = Mapping[str, float | str | bool | None]


def draw(key: str, replication: str, seed: int) -> Found:
    """Return what one replication gives.

    Parameters
    ----------
    key
        Of the line.
    replication
        Its number, or ``truth/`` and one: then a large draw says what is true.
    seed
        Of the panel, or of the large draw.
    """
    one = all_lines()[key]
    if replication.startswith(TRUTH):
        return truth(one, seed)
    return MAKES[one.expected](one, int(replication), seed)


def truth(one: Asked, seed: int) -> Found:
    """Return what a large draw of the world says of the number that a line judges."""
    from evaluation.checks.known_truth import known_truths
    from evaluation.data.superpopulation import superpopulation
    from evaluation.diagnose.replicate import drawn, numbered

    spec = spec_of_line(one.key)
    found = drawn(spec, seed)
    large = replace(superpopulation(spec), folder=None, seed=seed)
    numbers = numbered(found, known_truths(spec, None, found.results, large=large)).numbers
    number = _chosen(numbers, spec, one.estimand)
    if number is None or number.truth is None:
        return {"refused": found.refused or "no truth"}
    return {"truth": number.truth, "truth_error": number.truth_error}


def _estimated(one: Asked, replication: int, seed: int) -> Found:
    from evaluation.diagnose.replicate import drawn, numbered

    del replication
    spec = spec_of_line(one.key)
    found = numbered(drawn(spec, seed))
    if found.refused:
        return {"refused": found.refused}
    number = _chosen(found.numbers, spec, one.estimand)
    if number is None:
        return {"refused": "; ".join(reason for *_, reason in found.failures) or "no number"}
    return {
        "estimate": number.estimate,
        "std_error": number.std_error,
        "low": number.low,
        "high": number.high,
        "p_value": number.p_value,
        "centre": number.centre,
        "centre_error": number.centre_error,
        "cautious": number.cautious,
    }


def _ranked(one: Asked, replication: int, seed: int) -> Found:
    """Return the rank of the treated unit among placebos, another one treated in turn."""
    from evaluation.diagnose.replicate import drawn

    units = one.trial.reassigned
    spec = spec_of_line(one.key, units[(replication - 1) % len(units)] if units else "")
    found = drawn(spec, seed)
    term = None if found.refused else _first_term(found.results, one.estimand)
    if term is None or term.p_value is None:
        return {"refused": found.refused or "no rank"}
    return {"p_value": term.p_value}


def _compared(one: Asked, replication: int, seed: int) -> Found:
    """Return whether a comparison that should give nothing gives something."""
    from evaluation.diagnose.replicate import drawn

    del replication
    spec, placebo = spec_of_line(one.key), one.placebo
    found = drawn(spec, seed)
    if found.refused or placebo is None:
        return {"refused": found.refused}
    if placebo.check:
        return _verdict(one, found)
    term = _first_term(found.results, one.estimand)
    if term is None or term.p_value is None:
        reasons = (one.reason for result in found.results for one in result.failures.values())
        return {"refused": "; ".join(reasons) or "no p-value"}
    return {
        "estimate": term.estimate,
        "rejects": term.p_value < LEVEL and SIGNS[placebo.alternative](term.estimate),
    }


SIGNS = {"either": lambda x: True, "below": lambda x: x < 0, "above": lambda x: x > 0}


def _verdict(one: Asked, found: object) -> Found:
    from evaluation.report.sections.tones import VERDICTS

    rows = [
        row.verdict
        for row in found.judged
        if row.check == one.placebo.check and row.verdict.outcome in ("", one.placebo.outcome)
    ]
    refused = [row.message for row in rows if row.verdict == "refused"]
    if refused or not rows:
        return {"refused": "; ".join(refused) or "no verdict"}
    return {"rejects": any(VERDICTS.get(row.verdict) == "against" for row in rows)}


def _refused(one: Asked, replication: int, seed: int) -> Found:
    """Return whether a study refuses to estimate, run as a user would run it."""
    from evaluation import run
    from evaluation.diagnose.worlds import seeded

    del replication
    rows = run(seeded(spec_of_line(one.key), seed)).estimates
    given = rows["estimate"].notna().any()
    return {"refuses": bool(not given and (rows["status"] == "insufficient").all())}


MAKES = {
    "coverage": _estimated,
    "coverage_at_least": _estimated,
    "placebo_size": _ranked,
    "refuses": _refused,
    "null": _compared,
    "found": _compared,
}


def _chosen(numbers: tuple[Number, ...], spec: Spec, estimand: str) -> Number | None:
    """Return the first number of the first model for the first outcome, of an estimand if named."""
    model = spec.models[0]
    place = (model.id, spec.outcomes_of(model)[0])
    own = (one for one in numbers if (one.model_id, one.outcome) == place)
    return next((one for one in own if estimand in ("", one.estimand)), None)


def _first_term(results: tuple, estimand: str) -> object | None:
    terms = (
        (term.estimand or result.model.estimand, term)
        for result in results
        for fit in result.fits.values()
        for term in fit.terms
        if not term.term
    )
    return next((term for name, term in terms if estimand in ("", name)), None)


@cache
def spec_of_line(key: str, reassigned: str = "") -> Spec:
    """Return what a line draws, read once a process."""
    return spec_of(all_lines()[key], reassigned)


@cache
def digest_of_line(key: str) -> str:
    """Return a digest of all code that simulates and estimates, and of what a line draws."""
    from evaluation.diagnose.replicate import source_of
    from evaluation.spec.design_digest import design_digest
    from evaluation.spec.digest import canonical_json

    one, spec = all_lines()[key], spec_of_line(key)
    panel = canonical_json(spec.panel.model_dump(mode="json"))
    checks = [
        {**check.model_dump(mode="json"), "options": check.options.model_dump(mode="json")}
        for check in spec.checks
    ]
    told = [
        canonical_json(source_of(spec).inputs()), panel, design_digest(spec),
        canonical_json({"checks": checks}), one.expected, one.estimand,
        *one.trial.reassigned, "" if one.placebo is None else one.placebo.alternative,
    ]  # fmt: skip
    return hashlib.sha256("\0".join([_code(), *told]).encode()).hexdigest()[:16]


@cache
def _code() -> str:
    paths = [path for name in MAKERS for path in (ROOT / name).rglob("*.py")]
    paths += [ROOT / name for name in OWN]
    return digest_of([*paths, Path(__file__).resolve()], ROOT)
