"""Worlds in which another rule ends at 30 too, or the month of the birthday is counted by days."""

from __future__ import annotations

from functools import partial

from town_panels.world import BIASED, COVERS

from cutoff_worlds.lives import Lives, draw
from cutoff_worlds.reads import corrected
from cutoff_worlds.truths import jump, kink
from cutoff_worlds.world import Ask, AtCutoff, Model, fixed, spec_of

BOTH = Lives(persons=4000, before=18, other=1.3, duty=1.3)
REFORM = "reform_date = 2017-01-01"
CHANGE, KINKS = jump(BOTH, change=True), kink(BOTH, change=True)
POST = 'periods = "post"'
CHANGES = "change_in_itt_at_cutoff"
MONTH = Lives()
DONUT = "donut = 1, 12 months"

WORLDS = {
    "other_rule": AtCutoff(
        "another rule that ends at 30 makes exit 1.3 times as likely before and after the law, and "
        "the duty as much again since; persons are seen before and after",
        partial(draw, BOTH),
        spec_of(
            {"leaves": "", "receives": ""},
            (
                Model("after", "rd_robust", fixed(12, more=POST), outcome="leaves"),
                Model("change", "rd_difference", fixed(12), CHANGES, outcome="leaves"),
                Model("chosen", "rd_difference", "", CHANGES, outcome="leaves"),
                Model("by_town", "rd_difference", fixed(12), CHANGES, "town", "leaves"),
                Model(
                    "kinks", "rd_difference", fixed(12, order=2), "change_in_kink_at_cutoff",
                    outcome="receives",
                ),
            ),
            design=REFORM,
        ),
        (
            Ask("rd_robust after the law, 12 months", corrected("after"), BIASED, CHANGE),
            Ask("rd_difference, 12 months", corrected("change"), COVERS, CHANGE),
            Ask("rd_difference, chosen bandwidth", corrected("chosen"), COVERS, CHANGE),
            Ask("rd_difference, by municipality", corrected("by_town"), COVERS, CHANGE),
            Ask("rd_difference, kinks, 12 months", corrected("kinks"), COVERS, KINKS),
        ),
    ),
    "birthday": AtCutoff(
        "exits, with the month of the birthday left out or counted by the days below 30",
        partial(draw, MONTH),
        spec_of({"leaves": ""}, (Model("main", "rd_robust", fixed(12)),)),
        (
            Ask(DONUT, corrected("main"), COVERS, jump(MONTH)),
            Ask(
                "exposure, 12 months", corrected("main"), COVERS, jump(MONTH), oracle=DONUT,
                run="exposed",
            ),
        ),
        further={
            "exposed": spec_of(
                {"leaves": ""},
                (Model("main", "rd_robust", fixed(12)),),
                month='exposure = "exposure"',
            ),
        },
    ),
}  # fmt: skip
