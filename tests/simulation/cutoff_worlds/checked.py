"""Worlds for checks: who comes at 30, and cutoffs at which nothing changes."""

from __future__ import annotations

from functools import partial

from town_panels.world import CAUTIOUS, CLOSED_FORM, DETECTS, RESAMPLING, SIZE

from cutoff_worlds.lives import Lives, draw
from cutoff_worlds.reads import leads_its_placebos, says
from cutoff_worlds.world import Ask, AtCutoff, Model, fixed, spec_of

# As precise at one age as at another, so that every rank is as likely.
PLACES = Lives(persons=6000, duty=1.0, reach=48, slope=0.0, enter_slope=0.0)
CHECK = "selection_near_cutoff"
SELECTION = (
    f'[[checks]]\nkind = "{CHECK}"\nmodel = "robust"\nentry = "enters"\nreceived = "receives"\n'
)
FIRED = "effect or selection"
ROWS = (
    "entries in discrete time", "entry rate: jump", "entry rate: kink", "recipients: jump",
    "recipients: kink",
)  # fmt: skip
# Six months apart would overlap more; none of these windows holds 300 or 360.
PLACEBOS = (324, 336, 348, 372, 384, 396)
PLACEBO = f'[[checks]]\nkind = "placebo_cutoff"\nmodel = "robust"\ncutoffs = {list(PLACEBOS)}\n'
WITHIN = Model("robust", "rd_robust", fixed(12))


def _selection(title: str, world: Lives, fires: str, of: tuple[str, ...]) -> AtCutoff:
    """Return a world with the check's rows that are expected to show something."""
    asked = [Ask(f"{CHECK}, any row", says(CHECK, None, FIRED), fires, level=_level(fires))]
    asked += [
        Ask(f"{CHECK}, {one}", says(CHECK, one, FIRED), fires, level=_level(fires)) for one in of
    ]
    return AtCutoff(
        title, partial(draw, world), spec_of({"leaves": ""}, (WITHIN,), checks=SELECTION),
        tuple(asked), RESAMPLING if fires == DETECTS else CLOSED_FORM,
    )  # fmt: skip


def _level(fires: str) -> float | None:
    return 0.05 if fires == CAUTIOUS else None


WORLDS = {
    "no_entry_response": _selection(
        "no duty; entry is as likely on either side of 30", Lives(duty=1.0), CAUTIOUS, ROWS
    ),
    "entry_response": _selection(
        "the duty keeps half of those away who would enter",
        Lives(persons=12_000, enter_duty=0.5), DETECTS, ("entry rate: jump",),
    ),
    "placebos": AtCutoff(
        "no duty, ages 312 to 408 months, and six cutoffs at which nothing changes",
        partial(draw, PLACES),
        spec_of(
            {"leaves": ""}, (WITHIN,),
            checks=PLACEBO,
        ),
        (
            Ask(
                "the estimate leads its placebos", leads_its_placebos("placebo_cutoff"), SIZE,
                level=1 / (len(PLACEBOS) + 1),
            ),
            Ask(
                "placebo_cutoff finds a violation",
                says("placebo_cutoff", None, "violation found"), CAUTIOUS, level=0.05,
            ),
        ),
        RESAMPLING,
    ),
}  # fmt: skip
