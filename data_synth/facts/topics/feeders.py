"""The groups from which recipients come, as the report names them.

It gives no figure: they must receive clearly more often than others of their age or in all.
"""

from __future__ import annotations

import numpy as np

from data_synth.facts.fact import Fact
from data_synth.facts.kinds import Relative
from data_synth.facts.seen import Seen
from data_synth.facts.tally import Pair
from data_synth.life.draws import BoolArray

_OE, _SAID = "OE 4.3", "named as a feeder"
_DECEMBER = 2022 * 12 + 11
_AFTER = 24  # months


def _after_programme(seen: Seen) -> BoolArray:
    since = _DECEMBER - seen.persons.programme_to
    return np.asarray((since > 0) & (since <= _AFTER))


def _young(seen: Seen) -> BoolArray:
    age = seen.year(2022).age
    return seen.residents & ~seen.persons.immigrant & (age >= 18) & (age <= 22)


def _rate(seen: Seen, among: BoolArray) -> Pair:
    return seen.year(2022).recipients & among, among


def _feeder(name: str, text: str, kind: Relative) -> Fact:
    return Fact(
        id=f"feeder_{name}",
        text=text,
        year="2022",
        unit="ratio",
        source=_OE,
        kind=kind,
        said=_SAID,
        bounds=(1.5, None),
        note="half as often again is read so",
    )


FACTS = (
    _feeder(
        "introduction",
        "Receipt within two years of the introduction programme, relative to other residents",
        Relative(
            lambda seen: _rate(seen, seen.residents & _after_programme(seen)),
            lambda seen: _rate(seen, seen.residents & ~_after_programme(seen)),
        ),
    ),
    _feeder(
        "child_welfare",
        "Receipt at 18 to 22 after child welfare, relative to others of the age",
        Relative(
            lambda seen: _rate(seen, _young(seen) & seen.persons.child_welfare),
            lambda seen: _rate(seen, _young(seen) & ~seen.persons.child_welfare),
        ),
    ),
)
