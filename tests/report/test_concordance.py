"""Two specs share one axis only for the same outcome and unit."""

from dataclasses import replace

import pytest

from evaluation.report.concordance import Reported, concordance

RD = Reported("release_at_30", "exit", "itt_at_cutoff", "employed", 0, "per person", 0.02, 0.03)
DID = Reported("age_did", "main", "att_relative", "employed", 0, "per person", -0.06, 0.04)


def test_difference_with_the_two_taken_for_independent():
    found = concordance(RD, DID)
    assert found.statistic == pytest.approx(0.08 / 0.05)
    assert found.p_value == pytest.approx(0.10960, abs=1e-5)
    assert found.verdict == "no difference detected"
    assert "taken for independent" in found.message
    assert "itt_at_cutoff against att_relative" in found.message
    assert "power 80% against" in found.message


def test_a_difference_is_found():
    assert concordance(RD, replace(DID, estimate=-0.1)).verdict == "differ"


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"outcome": "sa_received"}, "outcomes differ, employed and sa_received"),
        ({"unit": "per condition"}, "units differ, per person and per condition"),
        ({"months_after": 12}, "months to the outcome differ, 0 and 12"),
        ({"world": "work_effect"}, "data differ, delivered data and world work_effect"),
        ({"estimate": None}, "age_did, main gives no number"),
        ({"std_error": None}, "a standard error is missing"),
    ],
)
def test_otherwise_side_by_side_with_the_reason_and_no_test(changes, reason):
    found = concordance(RD, replace(DID, **changes))
    assert found.verdict == "side by side"
    assert found.p_value is None and found.statistic is None
    assert reason in found.message and "no test" in found.message


def test_numbers_of_two_worlds_have_two_truths():
    one, two = replace(RD, world="published_null"), replace(DID, world="rival_policy")
    said = concordance(one, two).message
    assert "data differ, world published_null and world rival_policy" in said
    assert concordance(one, replace(two, world=one.world)).p_value is not None
