"""Worlds of a stock, which kinks at 30, and of a lead of it, which kinks before."""

from __future__ import annotations

from functools import partial

from town_panels.reads import interval
from town_panels.world import ALWAYS, BIASED, COVERS, DETECTS, HOLDS, RESAMPLING

from cutoff_worlds.lives import Lives, draw
from cutoff_worlds.reads import at_bandwidth, corrected, plain, plain_at_bandwidth, says
from cutoff_worlds.truths import kink, long_run
from cutoff_worlds.world import Ask, AtCutoff, Model, fixed, spec_of

STOCK = Lives(persons=4000, reach=27, duty=1.5)
WIDTHS = (6, 9, 12, 18, 24)
CUBICS, MEETING = (9, 12, 18), (9, 12, 24)
KINK, LONG_RUN = kink(STOCK), long_run(STOCK)
# Half a month's kink: completed months at a month's end, so that the kink lies at 359.5.
HALF_MONTH = KINK / 2
GRID = f"grid = {list(WIDTHS)}"
KINKS = "kink_at_cutoff"
EXIT_RATE = 0.16

JUMPS = tuple(Model(f"jump_{width}", "rd_robust", fixed(width)) for width in WIDTHS)
LINE = Model("line", "rd_kink", fixed(12, order=1, more=GRID), KINKS)
QUADRATIC = Model("quadratic", "rd_kink", fixed(12, order=2, more=GRID), KINKS)
CUBIC = Model("cubic", "rd_kink", fixed(18, order=3, more=f"grid = {list(CUBICS)}"), KINKS)
MET = Model(
    "met",
    "rd_kink",
    fixed(12, order=2, more=f"continuous_at = -0.5\ngrid = {list(MEETING)}"),
    KINKS,
)
AWARE = Model(
    "aware",
    "rd_kink",
    fixed(
        12,
        order=2,
        more='interval = "bias_aware"\n'
        f"second_derivative_bound = {{ value = 0.0003, exit_rate = {EXIT_RATE} }}",
    ),
    KINKS,
)
LEAD = 12
LEAD_LIVES = Lives(persons=4000, reach=36, duty=2.0, enter=0.10)
# A stock that persists where the duty has ended: a second kink to be seen in 8,000 persons.
DECLARED = Lives(persons=8000, reach=36, leave=(0.06, 0.06), duty=4.0, enter=0.15)
LATER = {"receives": f", lead_months = {LEAD}"}


def _wide(estimand: str, estimator: str) -> str:
    return spec_of(LATER, (Model("wide", estimator, fixed(24), estimand),))


def _refusal(estimand: str, estimator: str) -> tuple[str, str]:
    return _wide(estimand, estimator), "second kink"


WORLDS = {
    "stock": AtCutoff(
        "4,000 persons: who receives, at the end of each month, where the duty makes exit 1.5 "
        "times as likely. A stock cannot jump: a jump found in it is bias",
        partial(draw, STOCK),
        spec_of({"receives": ""}, (*JUMPS, LINE, QUADRATIC, CUBIC, MET, AWARE)),
        (
            *(Ask(f"jump by a line, {w} months", plain(f"jump_{w}"), BIASED, 0.0) for w in WIDTHS),
            *(
                Ask(f"kink by a line, {w} months", plain_at_bandwidth("line", w), BIASED, KINK)
                for w in WIDTHS
            ),
            *(
                Ask(
                    f"quadratic kink, {w} months", at_bandwidth("quadratic", w),
                    COVERS if w <= 12 else BIASED, KINK,
                )
                for w in WIDTHS
            ),
            *(
                Ask(f"cubic kink, {w} months", at_bandwidth("cubic", w), COVERS, KINK)
                for w in CUBICS
            ),
            *(
                Ask(
                    f"quadratic kink, one level at 359.5, {w} months", at_bandwidth("met", w),
                    COVERS if w <= 12 else BIASED, KINK,
                )
                for w in MEETING
            ),
            Ask(
                "quadratic kink, bias-aware, 12 months", interval("aware"), HOLDS, KINK,
                oracle="cubic kink, 12 months",
            ),
        ),
    ),
    "lead": AtCutoff(
        "who receives a year on: rows of 348 months are measured at 30, where the kink is, and at "
        "30 itself there is none; exit is twice as likely under the duty",
        partial(draw, LEAD_LIVES),
        spec_of(
            {"later": ""},
            (
                Model("wide", "rd_kink", fixed(24, order=2), KINKS),
                Model("jump_wide", "rd_robust", fixed(24)),
                Model("narrow", "rd_kink", fixed(11, order=2), KINKS),
            ),
        ),
        (
            Ask("quadratic kink, 24 months", plain("wide"), BIASED, 0.0),
            Ask("jump by a line, 24 months", plain("jump_wide"), BIASED, 0.0),
            Ask("quadratic kink, 11 months", corrected("narrow"), COVERS, 0.0),
        ),
    ),
    "lead_declared": AtCutoff(
        "the lead declared, so that the program knows of the second kink; 8,000 persons leave "
        "slowly, and four times as fast under the duty",
        partial(draw, DECLARED),
        spec_of(
            LATER,
            (Model("narrow", "rd_kink", fixed(11, order=2), KINKS),),
            checks='[[checks]]\nkind = "second_kink"\nmodel = "narrow"\n',
        ),
        (
            Ask("kink of a lead, 24 months, is refused", None, ALWAYS),
            Ask("jump of a lead, 24 months, is refused", None, ALWAYS),
            Ask("second_kink", says("second_kink", None, "second kink found"), DETECTS),
        ),
        RESAMPLING,
        refused={
            "kink of a lead, 24 months, is refused": _refusal(KINKS, "rd_kink"),
            "jump of a lead, 24 months, is refused": _refusal("itt_at_cutoff", "rd_robust"),
        },
    ),
}  # fmt: skip
