"""Whether a person has none of the benefits that published figures set apart."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from evaluation.data.registers.columns._spells import months_within
from evaluation.data.registers.columns.benefits import AAP_FROM
from evaluation.data.registers.columns.contract import Grain, NoOptions, Otherwise, Type

NAMES: Mapping[str, str] = {
    "no_other_benefit": "1 in months without old-age pension, work assessment allowance, "
    "unemployment benefit, transitional benefit or disability benefit, 0 with one of them"
}
TABLES = {"no_other_benefit": (("benefit_spell",),)}
TYPES = {"no_other_benefit": Type.FLAG}
OTHERWISE = {"no_other_benefit": Otherwise.MISSING}
VALID: Mapping[str, tuple[int | None, int | None]] = {"no_other_benefit": (AAP_FROM, None)}
GRAIN = Grain.MONTH
NEEDS: tuple[str, ...] = ()
Options = NoOptions

_COUNTED = "('alderspensjon', 'aap', 'dagpenger', 'overgangsstonad', 'ufore')"


def query(name: str, options: Any, has: frozenset[str]) -> str:
    """Return for every row whether no spell that counts holds in its month."""
    del name, options, has
    counted = months_within("benefit_spell", "from_ym", "to_ym", f"benefit IN {_COUNTED}")
    return (
        "SELECT b.person, b.month, (c.person IS NULL)::INTEGER AS value FROM base b "
        f"LEFT JOIN ({counted}) c ON c.person = b.person AND c.month = b.month"
    )
