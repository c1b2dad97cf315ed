"""Which points a number compares: a coefficient is no better hidden than its smallest group."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import product
from typing import Any

import numpy as np

from evaluation.data.model_data import FloatArray, ModelData
from evaluation.estimators._difference.parts import PARTS
from evaluation.estimators._event_time import bin_width
from evaluation.estimators._support.points import BoolArray, Points
from evaluation.estimators.contract import Fit, Setting, Term

Groups = tuple[BoolArray, ...]
# A bandwidth often equals the distance of a point, which rounding would put on either side.
EDGE = 1e-12


def groups_of(
    data: ModelData, points: Points, setting: Setting, fit: Fit, term: Term
) -> Groups | None:
    """Return the groups that one number compares, each marked in shape ``(P,)``.

    Parameters
    ----------
    data, points
        Rows or cells of one outcome, and their points.
    setting, fit, term
        The model, its fit and the number.

    Returns
    -------
    Groups or None
        ``None`` where nobody can say, or one of them is empty.
    """
    found = BY_DESIGN[setting.design.kind](data, points, setting, fit, term)
    if found is not None and term.term in setting.interact:
        split = points.role(term.term)
        if split is None or len(np.unique(split)) > 2:
            return None
        found = _crossed(found, tuple(split == value for value in np.unique(split)))
    return found if found and all(group.any() for group in found) else None


def _did(data: ModelData, points: Points, setting: Setting, fit: Fit, term: Term) -> Groups | None:
    treated, post = points.role("treated"), points.role("post")
    if treated is None or post is None:
        return _received(points, setting, term)
    parts: Groups = (treated == 1, treated == 0)
    third = points.role("third")
    if setting.options.compares_third or setting.estimand.startswith("change_in"):
        if third is None:
            return None
        parts = _crossed(parts, (third == 1, third == 0))
    time = _binned(data, points, setting.options)
    moments: Groups = (post == 1, post == 0)
    if term.event_time is not None:
        if time is None:
            return None
        reference = getattr(setting.options, "reference", None)
        before = post == 0 if reference is None else time == reference
        moments = (time == term.event_time, before)
        if term.event_time < 0 and reference is None:
            moments = moments[:1]
    elif term.period:
        own = _period(data, points, term.period)
        moments = (own, (post == 0) & ~own)
    return _crossed(parts, moments)


def _staggered(
    data: ModelData, points: Points, setting: Setting, fit: Fit, term: Term
) -> Groups | None:
    cohort, period = points.role("cohort"), points.role("period")
    since = points.role("event_time")
    if cohort is None or period is None or since is None:
        return None
    free = np.isinf(cohort) | (since < 0)
    time = _binned(data, points, setting.options)
    # Who is treated from the first period on is compared with nobody before.
    own = np.isfinite(cohort) & np.isin(cohort, cohort[since < 0])
    if term.cohort:
        named = {label: at for at, label in data.cohort_labels.items()}
        if term.cohort not in named:
            return None
        own &= cohort == named[term.cohort]
    if term.period:
        own &= _period(data, points, term.period)
    elif term.event_time is not None:
        if time is None:
            return None
        own &= time == term.event_time
    elif not term.cohort or (since[own] >= 0).any():
        own &= since >= 0
    others = free & np.isin(period, period[own]) & ~own
    if not others.any():
        # Everyone is treated by then: compared with those that adopted at other dates.
        others = np.isin(period, period[own]) & ~np.isin(cohort, cohort[own])
    before = np.isin(cohort, cohort[own]) & (since < 0) & ~own
    return (own, others, before) if before.any() else (own, others)


def _sides(
    data: ModelData, points: Points, setting: Setting, fit: Fit, term: Term
) -> Groups | None:
    running, share = points.role("running"), points.role("share_above")
    if running is None:
        return None
    named = {name: value for place, name, value in fit.details if place == ""}
    both = named.get("bandwidth")
    sides = []
    for side, there in (("below", running < 0), ("above", running >= 0)):
        width = named.get(f"bandwidth_{side}", both)
        inside = there if share is None else there & ((share == 0) | (share == 1))
        if isinstance(width, int | float) and not isinstance(width, bool):
            reach = np.abs(running) / float(width)
            uniform = getattr(setting.options, "kernel", "uniform") == "uniform"
            inside = inside & ((reach <= 1 + EDGE) if uniform else (reach < 1 - EDGE))
        sides.append(inside)
    found: Groups = tuple(sides)
    post = points.role("post")
    periods = getattr(setting.options, "periods", "all")
    if post is not None and periods in ("pre", "post"):
        found = _crossed(found, (post == (periods == "post"),))
    between = getattr(setting.options, "between", None)
    if between is None:
        return found
    parts = []
    for part in PARTS[between]:
        own = np.ones(len(points), dtype=bool)
        for name, value in (("post", part.post), ("third", part.third)):
            role = points.role(name)
            if value is not None and role is None:
                return None
            own &= True if value is None or role is None else role == value
        parts.append(own)
    return _crossed(found, tuple(parts))


BY_DESIGN: Mapping[
    str, Callable[[ModelData, Points, Setting, Fit, Term], Groups | None]
] = {"did": _did, "single_unit": _did, "staggered_did": _staggered, "rd": _sides}  # fmt: skip


def _received(points: Points, setting: Setting, term: Term) -> Groups | None:
    """Return the rows that receive another amount than most, and these where two are known."""
    instrument = type(setting.options).INSTRUMENT
    given = points.role("instrument" if instrument else "dose")
    if given is None or term.event_time is not None or (term.term and not setting.interact):
        return None
    levels, at = np.unique(given, return_inverse=True)
    common = levels[np.argmax(np.bincount(at, points.rows))]
    usual = given == common
    # Of a continuous amount no value is common, and what differs from it is nearly everyone.
    return (~usual, usual) if usual.any() and len(levels) == 2 else (~usual,)


def _binned(data: ModelData, points: Points, options: Any) -> FloatArray | None:
    """Return event times as an event study bins them, ``nan`` where there is none."""
    since = points.role("event_time")
    if since is None:
        return None
    time = np.floor(since / bin_width(getattr(options, "event_bin", None), data.period_months))
    window = getattr(options, "event_window", None)
    if window is not None and getattr(options, "event_ends", None) == "bin":
        time = np.clip(time, *window)
    return np.asarray(time, dtype=np.float64)


def _period(data: ModelData, points: Points, label: str) -> BoolArray:
    named = [at for at, one in data.period_labels.items() if one == label]
    period = points.role("period")
    return np.zeros(len(points), dtype=bool) if period is None else np.isin(period, named)


def _crossed(first: Groups, second: Groups) -> Groups:
    return tuple(one & other for one, other in product(first, second))
