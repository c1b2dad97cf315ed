"""Whether somebody has none of the benefits that the published figures set apart."""

from __future__ import annotations

import numpy as np

from data_synth.details.other_benefits import Claim
from data_synth.life.lives import Benefit, Bytes, Lives, Status


def no_other_benefit(lives: Lives, claims: Bytes) -> Bytes:
    """Return 1 in months with none of the benefits that count, shape ``(months, n)``.

    They are old-age pension, work assessment allowance, unemployment benefit, transitional
    benefit and disability benefit. 0 outside the data.

    Parameters
    ----------
    claims
        From ``other_benefits``.
    """
    counted = np.isin(lives.benefit, (Benefit.AAP, Benefit.DISABILITY))
    counted |= np.isin(claims, (Claim.OLD_AGE, Claim.UNEMPLOYMENT, Claim.TRANSITIONAL))
    return np.asarray((lives.status == Status.IN) & ~counted, dtype=np.int8)
