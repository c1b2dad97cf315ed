"""The places of a world: the same for every seed, policy and run."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from data_synth.life.draws import BoolArray, Draws, FloatArray, IntArray
from data_synth.places.adoption import make_adoption
from data_synth.places.mergers import Mergers, make_mergers
from data_synth.places.names import make_names
from data_synth.places.offices import Offices, make_offices, serve_municipalities
from data_synth.places.rollout import make_rollout
from data_synth.places.sizes import CLASS_OF_QUARTER, make_shares, size_quarters
from data_synth.places.survey import ask_offices
from data_synth.world.schema import World


@dataclass(frozen=True)
class Places:
    """Harmonised municipalities, arrays of shape ``(m,)`` in the order of their codes.

    Attributes
    ----------
    codes, names
        Four-digit codes, ascending, and invented names; each unique.
    share
        Share of the persons.
    size_class
        Index into ``sizes.SIZE_CLASSES``.
    status
        Index into ``STATUSES``: adoption as it happened.
    adopted, adopted_narrow
        Month indices of adoption as it happened, by the wide and the narrow definition.
    low_prior_use
        Whether conditions were rare before the municipality's own adoption.
    programme_from
        Month indices of the opening of the qualification programme, as it happened.
    employment, education, receipt
        Fixed factors on finding work, on enrolling and on entering social assistance.
    first_office, office_count
        Offices of municipality i are ``first_office[i]`` to ``+ office_count[i] - 1``; several
        municipalities may share one.
    offices
        Arrays by office.
    recorded_adopted
        ``adopted`` as records have it.
    reported_status, definition
        Indices into ``survey.REPORTED`` and ``survey.DEFINITIONS``: what offices answered.
    reported_earliest, reported_latest
        Month indices of the answered interval; ``NEVER`` where unknown.
    mergers
        Codes over time of the parts of each municipality.
    """

    codes: tuple[str, ...]
    names: tuple[str, ...]
    share: FloatArray
    size_class: NDArray[np.int8]
    status: IntArray
    adopted: IntArray
    adopted_narrow: IntArray
    low_prior_use: BoolArray
    programme_from: IntArray
    employment: FloatArray
    education: FloatArray
    receipt: FloatArray
    first_office: IntArray
    office_count: IntArray
    offices: Offices
    recorded_adopted: IntArray
    reported_status: NDArray[np.int8]
    definition: NDArray[np.int8]
    reported_earliest: IntArray
    reported_latest: IntArray
    mergers: Mergers


@lru_cache(maxsize=8)
def make_places(world: World) -> Places:
    """Lay out the places of ``world``; the persons' draws play no part.

    Raises
    ------
    SpecError
        If there are more municipalities in a county than codes.
    """
    given = world.municipalities
    draws = Draws(given.seed, np.arange(given.count))
    by_size = make_shares(given)
    adoption = make_adoption(world, by_size)
    order = np.argsort(draws.uniform("codes"))  # so that a code says nothing of size or adoption
    share, adopted, narrow = by_size[order], adoption.adopted[order], adoption.narrow[order]
    quarter = size_quarters(given, share)
    first, offices = serve_municipalities(world, share, quarter)
    survey = ask_offices(world, first, offices, adopted, narrow)
    mergers = make_mergers(world, share)
    return Places(
        codes=_lowest_codes(mergers),
        names=make_names(given.seed, given.count),
        share=share,
        size_class=CLASS_OF_QUARTER[quarter],
        status=adoption.status[order],
        adopted=adopted,
        adopted_narrow=narrow,
        low_prior_use=adoption.low_prior_use[order],
        programme_from=make_rollout(world, by_size)[order],
        employment=np.exp(given.employment_sd * draws.normal("employment")),
        education=np.exp(given.education_sd * draws.normal("education")),
        receipt=np.exp(given.receipt_sd * draws.normal("receipt")),
        first_office=first,
        office_count=offices,
        offices=make_offices(world, first, offices, quarter),
        recorded_adopted=survey.recorded,
        reported_status=survey.status,
        definition=survey.definition,
        reported_earliest=survey.earliest,
        reported_latest=survey.latest,
        mergers=mergers,
    )


def _lowest_codes(mergers: Mergers) -> tuple[str, ...]:
    """Return, of each harmonised municipality, the lowest of its last codes."""
    order = np.lexsort((mergers.codes[-1], mergers.unit))
    first = np.unique(mergers.unit[order], return_index=True)[1]
    return tuple(str(code) for code in mergers.codes[-1][order][first])
