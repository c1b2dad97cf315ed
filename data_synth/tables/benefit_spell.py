"""Canonical table benefit_spell: spells of other benefits."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from data_synth.details.dates import year_months
from data_synth.details.graded import graded
from data_synth.details.measures import participation
from data_synth.details.other_benefits import Claim, other_benefits
from data_synth.details.runs import find_runs
from data_synth.life.lives import Benefit, Lives

if TYPE_CHECKING:
    import pandas as pd

COLUMNS: Mapping[str, str] = MappingProxyType(
    {
        "person_id": "person",
        "benefit": "aap, ufore, kvp, intro, sykepenger, dagpenger, overgangsstonad, "
        "alderspensjon or tiltakspenger",
        "from_ym": "first month, YYYYMM; no earlier than the delivery's first",
        "to_ym": "last month, YYYYMM; missing if the benefit runs in the delivery's last month",
        "degree": "per cent of the full benefit",
    }
)

NAMES: Mapping[int, str] = MappingProxyType(
    {
        Benefit.AAP: "aap",
        Benefit.DISABILITY: "ufore",
        Benefit.PROGRAMME: "kvp",
        Benefit.INTRODUCTION: "intro",
        Claim.SICKNESS: "sykepenger",
        Claim.UNEMPLOYMENT: "dagpenger",
        Claim.TRANSITIONAL: "overgangsstonad",
        Claim.OLD_AGE: "alderspensjon",
        Claim.MEASURE: "tiltakspenger",
    }
)
_GRADED = (Benefit.DISABILITY, Claim.SICKNESS)


def make_benefit_spell(lives: Lives) -> pd.DataFrame:
    """Return one row a spell of a benefit, by person and month: one benefit at a time."""
    import pandas as pd

    claims = other_benefits(lives, participation(lives))
    runs = find_runs(np.where(lives.benefit > 0, lives.benefit, claims))
    half = graded(lives)[runs.person] & np.isin(runs.code, _GRADED)
    names = np.array([NAMES.get(code) for code in range(max(NAMES) + 1)], dtype=object)
    running = runs.stop == lives.months - 1
    return pd.DataFrame(
        {
            "person_id": lives.persons.number[runs.person],
            "benefit": names[runs.code],
            "from_ym": year_months(lives.first + runs.start),
            "to_ym": pd.arrays.IntegerArray(year_months(lives.first + runs.stop), running),
            "degree": np.where(half, 50, 100).astype(np.int8),
        }
    )
