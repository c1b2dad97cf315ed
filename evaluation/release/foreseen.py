"""What a policy will refuse of a spec, as far as its text tells: no data are needed."""

from __future__ import annotations

from evaluation.release.policy import Policy
from evaluation.release.rules.contract import Foreseen
from evaluation.release.rules.registry import rules
from evaluation.spec.spec import Spec


def foreseen(spec: Spec, policy: Policy) -> tuple[Foreseen, ...]:
    """Return what every rule of a policy will look at in a spec, in the order of its rules."""
    known = rules()
    return tuple(
        line for key, limits in policy.limits.items() for line in known[key].foresee(spec, limits)
    )
