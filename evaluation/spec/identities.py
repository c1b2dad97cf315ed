"""Outcomes that add up to another, and so are measured on the same rows."""

from __future__ import annotations

from evaluation.spec.sample import Outcome
from evaluation.spec.spec import Spec

# Why rows leave a model for one outcome, as ``dropped`` names it.
SHARED = "missing in another outcome of its identity"


def companions(spec: Spec, outcome: Outcome) -> tuple[Outcome, ...]:
    """Return the other outcomes of the identities that an outcome stands in, in spec order.

    Those that a companion stands in count too: all of them have one sample.
    """
    named = {name for name, one in spec.outcomes.items() if one == outcome}
    while True:
        joined = set(named)
        for identity in spec.identities:
            members = {identity.total, *identity.parts}
            joined |= members if members & joined else set()
        if joined == named:
            break
        named = joined
    return tuple(one for name, one in spec.outcomes.items() if name in named and one != outcome)
