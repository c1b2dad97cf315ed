"""What the rows of ``details.csv`` are: counts, means, differences, words."""

from __future__ import annotations

import re

from evaluation.release.rules.contract import Nature
from evaluation.results import Detail

# Counts of persons or their rows; of clusters and parameters are none of these.
COUNTS = re.compile(
    r"^rows dropped|(^|_)(rows|n_obs|n_units|entries|exits)(_|$)|^(came|left)_with_stock$"
    r"|^change_of_stock$|^person_months_unbalanced$|^dates_half_known$"
)
MEANS = re.compile(r"^baseline_mean$|^mean_")
DIFFERENCES = re.compile(r"^leave_one_out_")
# What the program says of its own way of working: the same whoever is in the data.
OWN = re.compile(
    r"(^|: )(engine|engine_reason)$|^(absorbed|adjusted_by|anderson_rubin_shape|bandwidth_rule|base"
    r"|base_period|baseline_definition|binned|by|column|control_group|form|headline|kernel|link"
    r"|months_weighted_by|pretest|reference|restriction|statistic|summed_within|target"
    r"|truth_absent|unbalanced)$"
)
# Functions of the fit whose number they stand beside: on the same rows, units and groups.
OF_THE_FIT = re.compile(
    r"^(cr1_std_error|cr1_small_sample_factor|small_sample_factor|degrees_of_freedom|parameters"
    r"|clusters|effective_clusters|effective_clusters_leverage|uniform_low|uniform_high"
    r"|uniform_critical_value|robust_estimate|robust_std_error|std_error_sides_independent"
    r"|covariance_of_sides|bandwidth|bandwidth_below|bandwidth_above|per_cent_of_baseline)$"
)
TRUTH = "truth"


def nature_of(row: Detail) -> Nature | None:
    """Return what a detail is, ``None`` where it says nothing at all."""
    if row.value is None or row.value == "":
        return None
    if isinstance(row.value, str | bool):
        return "own" if OWN.search(row.name) else "word"
    if OWN.search(row.name):
        return "own"
    for nature, names in NATURES:
        if names.search(row.name):
            return nature
    return "statistic"


NATURES: tuple[tuple[Nature, re.Pattern[str]], ...] = (
    ("difference", DIFFERENCES),
    ("count", COUNTS),
    ("mean", MEANS),
)


def follows_fit(row: Detail) -> bool:
    """Whether a detail is on just what its number is on: the same rows, units and groups."""
    return row.check == TRUTH or (not row.check and bool(OF_THE_FIT.match(row.name)))
