"""Worlds of a flow, which jumps at 30: exits from social assistance and what moves them."""

from __future__ import annotations

from functools import partial

from town_panels.reads import interval, p_value
from town_panels.world import ALWAYS, BIASED, COVERS, HOLDS, SIZE, UNDER

from cutoff_worlds.lives import Lives, draw
from cutoff_worlds.reads import corrected, not_rejected, plain, warned
from cutoff_worlds.truths import bend, jump
from cutoff_worlds.world import Ask, AtCutoff, Model, fixed, spec_of

FLOW = Lives()
# Types so unlike that who is left to exit changes within months of release.
BENT = Lives(leave=(0.06, 0.45), duty=1.6)
NULL = Lives(duty=1.0)
# The duty acts through conditions, which it makes more frequent.
FUZZY = Lives(duty=1.0, by_condition=0.10)
WEAK = Lives(duty=1.0, by_condition=0.10, condition=(0.30, 0.25))
LEAVES = {"leaves": ""}
AT_RISK = 'keep = [{ column = "leaves", missing = false }]'
CONDITION = 'treatment = { column = "condition" }'

CHOSEN = Model("robust", "rd_robust")
WITHIN = Model("robust_12", "rd_robust", fixed(12))
BY_TOWN = Model("by_town", "rd_robust", fixed(12), cluster="town")
BY_AGE = Model("by_age", "rd_robust", fixed(12), cluster="age_months")
CALIBRATED = Model("calibrated", "rd_honest")
IN_TRUTH = "honest, true curvature"


def honest(world: Lives) -> Model:
    """Return a model that is told how much the flow bends."""
    return Model(
        "honest", "rd_honest", f"curvature_bound = {{ value = {bend(world, 'leaves'):g} }}"
    )


def _honest_lines(truth: float) -> tuple[Ask, ...]:
    """Return what honest intervals show: never too short, and at what cost."""
    return (
        Ask("rd_robust, chosen bandwidth", corrected(CHOSEN.id), COVERS, truth),
        Ask(IN_TRUTH, interval("honest"), HOLDS, truth, oracle="its line, if unbiased"),
        Ask("its line, if unbiased", plain("honest"), HOLDS, truth),
        Ask("honest, calibrated curvature", interval(CALIBRATED.id), HOLDS, truth, oracle=IN_TRUTH),
    )


FLOW_JUMP, BENT_JUMP = jump(FLOW), jump(BENT)
RATIO = 0.10

WORLDS = {
    "flow": AtCutoff(
        "3,000 persons seen for up to 36 months round 30 in 40 municipalities; exit is 1.4 times "
        "as likely under the duty, whoever is left to exit changes with age",
        partial(draw, FLOW),
        spec_of(LEAVES, (CHOSEN, WITHIN, BY_TOWN, BY_AGE, honest(FLOW), CALIBRATED)),
        (
            *_honest_lines(FLOW_JUMP),
            Ask("rd_robust, 12 months", corrected(WITHIN.id), COVERS, FLOW_JUMP),
            Ask("rd_robust, by municipality", corrected(BY_TOWN.id), COVERS, FLOW_JUMP),
            Ask("rd_robust, clustered by age", corrected(BY_AGE.id), UNDER, FLOW_JUMP),
            Ask(
                "clustering by age is warned against",
                warned(BY_AGE.id, "clustered by the running variable"),
                ALWAYS,
            ),
        ),
    ),
    "flow_null": AtCutoff(
        "the same without an effect of the duty",
        partial(draw, NULL),
        spec_of(LEAVES, (CHOSEN, WITHIN)),
        (
            Ask("rd_robust, chosen bandwidth", p_value(CHOSEN.id), SIZE, level=0.05),
            Ask("rd_robust, 12 months", p_value(WITHIN.id), SIZE, level=0.05),
        ),
    ),
    "flow_bent": AtCutoff(
        "two types of whom one leaves within two months: among those left to exit the slow prevail "
        "soon after release",
        partial(draw, BENT),
        spec_of(
            LEAVES,
            (CHOSEN, Model("wide", "rd_robust", fixed(24)), honest(BENT), CALIBRATED),
        ),
        (
            *_honest_lines(BENT_JUMP),
            Ask("line within 24 months", plain("wide"), BIASED, BENT_JUMP),
        ),
    ),
    "fuzzy": AtCutoff(
        "the duty acts through conditions, which make exit 10 points likelier: 65 % of recipients "
        "have one below 30, 25 % above",
        partial(draw, FUZZY),
        spec_of(
            LEAVES,
            (
                Model("ratio", "rd_fuzzy", estimand="late_at_cutoff"),
                Model("ratio_12", "rd_fuzzy", fixed(12), "late_at_cutoff"),
                Model(
                    "bias_aware", "rd_fuzzy",
                    'interval = "bias_aware"\ncurvature_bound = '
                    f"{{ outcome = {bend(FUZZY, 'leaves'):g}, treatment = 0 }}",
                    "late_at_cutoff",
                ),
            ),
            design=CONDITION,
            sample=AT_RISK,
        ),
        (
            Ask("rd_fuzzy, chosen bandwidth", corrected("ratio"), COVERS, RATIO),
            Ask("rd_fuzzy, 12 months", corrected("ratio_12"), COVERS, RATIO),
            Ask("Anderson–Rubin", not_rejected("ratio", RATIO), SIZE, level=0.05),
            Ask(
                "rd_fuzzy, bias-aware", interval("bias_aware"), HOLDS, RATIO,
                oracle="rd_fuzzy, chosen bandwidth",
            ),
        ),
    ),
    "fuzzy_weak": AtCutoff(
        "the same with 30 % below and 25 % above: hardly a first stage",
        partial(draw, WEAK),
        spec_of(
            LEAVES,
            (Model("ratio", "rd_fuzzy", estimand="late_at_cutoff"),),
            design=CONDITION,
            sample=AT_RISK,
        ),
        (Ask("Anderson–Rubin", not_rejected("ratio", RATIO), SIZE, level=0.05),),
    ),
}  # fmt: skip
