"""Every piece by its name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pieces import adoption, cutoff, differences, national
from pieces.road import Call

PIECES: dict[str, Callable[[Any], Call]] = {
    piece.__name__: piece
    for piece in (
        differences.floor_event_study,
        differences.input_facts,
        differences.event_study,
        differences.person_effects,
        differences.ten_models_five_outcomes,
        differences.event_study_pyfixest,
        cutoff.floor_cutoff,
        cutoff.cutoff_grid,
        cutoff.cutoff_rdrobust,
        adoption.adoption_facts,
        adoption.adoption,
        adoption.adoption_csdid,
        adoption.adoption_differences,
        adoption.permutation,
        national.national,
        national.national_again,
    )
}
