"""Where a run stands: which spec of how many, which model, how long it took and may still take."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

from evaluation.commands.durations import duration
from evaluation.spec.spec import Spec

Clock = Callable[[], float]


class Steps:
    """Says of every stage of one spec what comes before and after it.

    Parameters
    ----------
    at, count
        Position of the spec among those of the run, from 1.
    begun
        When the run began, by ``clock``.
    clock
        Seconds that never go back.
    """

    def __init__(
        self,
        at: int = 1,
        count: int = 1,
        *,
        begun: float | None = None,
        clock: Clock = time.monotonic,
    ) -> None:
        self._at, self._count, self._clock = at, count, clock
        self._begun = clock() if begun is None else begun
        self._places: Mapping[str, tuple[str, int, int]] = {}
        self._first: dict[str, float] = {}

    def plan(self, spec: Spec) -> None:
        """Learn what a spec will announce: a stage for each fit, and one for each check."""
        fits = [f"{model.id}: {name}" for model in spec.models for name in spec.outcomes_of(model)]
        checks = [f"check {request.name}" for request in spec.checks]
        self._places = {
            stage: (kind, at, len(stages))
            for kind, stages in (("fit", fits), ("check", checks))
            for at, stage in enumerate(stages, start=1)
        }

    def note(self, stage: str) -> str:
        """Return what stands beside a stage: ``spec 2 of 3, fit 4 of 6, 12 s, about 8 s left``."""
        now = self._clock()
        parts = [f"spec {self._at} of {self._count}"] if self._count > 1 else []
        taken = now - self._begun
        left = ""
        if stage in self._places:
            kind, at, count = self._places[stage]
            parts += [f"{kind} {at} of {count}"] if count > 1 else []
            first = self._first.setdefault(kind, now)
            seconds = (now - first) / max(at - 1, 1) * (count - at + 1)
            left = f"about {duration(seconds)} left" if at > 1 and seconds >= 1 else ""
        parts += [duration(taken)] if taken >= 1 else []
        return ", ".join([*parts, left] if left else parts)


def ended(at: int, count: int, seconds: float) -> str:
    """Return how far a run of several specs side by side has come.

    Parameters
    ----------
    at, count
        Specs that ended, and all of them.
    seconds
        Since the run began.
    """
    left = seconds / at * (count - at)
    more = f", about {duration(left)} left" if at < count else ""
    return f"{at} of {count} specs ended, {duration(seconds)}{more}"
