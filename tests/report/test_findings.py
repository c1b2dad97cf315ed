"""What the data say, truths as printed, further numbers, and a result's short form."""

from __future__ import annotations

from dataclasses import replace

import pytest

from evaluation.api import Result
from evaluation.catalogue import catalogue
from evaluation.commands.shown import headline_table
from evaluation.report.centred import centre_notes
from evaluation.report.findings import findings_of
from evaluation.report.numbers import Numbers
from evaluation.report.page import page
from evaluation.report.record import Record
from evaluation.report.tables import tables_of
from evaluation.report.truths import truth_text
from evaluation.results import Check, Detail, Estimate
from evaluation.spec.extras import Rounding
from evaluation.spec.loader import read_spec
from evaluation.spec.shipped import find_spec


@pytest.fixture
def record() -> Record:
    path = find_spec("age_did")
    assert path is not None
    main = Estimate(
        "age_did", "main", "twfe", "att_relative", "employed", estimate=0.0051, std_error=0.0098,
        conf_low=-0.0142, conf_high=0.0244, p_value=0.6,
    )  # fmt: skip

    def detail(name, value, check="equivalence", term="per_condition"):
        return Detail("age_did", "main", check, "employed", term, name, value)

    return Record(
        read_spec(path, catalogue()),
        (main, replace(main, outcome="in_education", estimate=None, status="refused", reason="r")),
        (
            detail("equivalence_low", -5.0514),
            detail("equivalence_high", 9.6948),
            detail("attainable_effect", 0.002197),
            detail("units_per_person", 0.002197),
            detail("truth", 0.142, "truth", ""),
            detail("truth_monte_carlo_error", 0.022, "truth", ""),
        ),
        (
            Check("age_did", "equivalence", "main", "employed", "per_condition", None, 0.7,
                  "not_ruled_out", "m"),
        ),
        (),
        {},
    )  # fmt: skip


def test_one_outcome_once(record):
    employed, education = findings_of(record)
    assert " ".join((employed.label, *employed.sentences)) == (
        "Employed 0.0051 (\N{MINUS SIGN}0.0142 to 0.0244) per person. Effects beyond ±0.05 per "
        "condition are not ruled out (90 % interval \N{MINUS SIGN}5.05 to 9.69 per condition; "
        "the first stage, 0.0022, is taken as known). At most 0.0022 per person is attainable."
    )
    assert education.sentences == ("Refused: r.",)


@pytest.mark.parametrize(
    ("verdict", "words"),
    [
        ("ruled_out", "are ruled out ("),
        ("effect_found", "An effect is found"),
        ("uninformative", "Uninformative: the bound of ±0.05 per condition exceeds what is"),
    ],
)
def test_verdicts(record, verdict, words):
    checks = (replace(record.checks[0], verdict=verdict),)
    assert words in findings_of(replace(record, checks=checks))[0].sentences[1]


def test_no_bound(record):
    checks = (replace(record.checks[0], model_id="", term="", verdict="no_bound_given"),)
    found = findings_of(replace(record, checks=checks))[0].sentences
    assert found[1].startswith("No smallest effect of interest is stated")


def test_truth_with_its_error(record):
    row = record.estimates[0]
    assert truth_text(record, row, Numbers(Rounding())) == "0.1420 ± 0.0220"
    assert "0.1420 ± 0.0220" in headline_table(record)
    assert "0.1420 ± 0.0220" in page(record)


@pytest.mark.parametrize(
    ("value", "error", "shown"),
    [
        (0.5, 0.0, "0.5000"),
        (0.5, None, "0.5000"),
        (None, 0.1, "–"),
        (-0.5, 0.1, "−0.5000 ± 0.1000"),
    ],
)
def test_values_with_errors(value, error, shown):
    assert Numbers(Rounding()).with_error(value, error) == shown


def test_an_interval_centred_elsewhere_is_named(record):
    assert centre_notes(record) == ()
    robust = Detail("age_did", "main", "", "employed", "", "robust_estimate", 0.1)
    centred = replace(record, details=(*record.details, robust))
    (note,) = centre_notes(centred)
    assert note.startswith("main: ") and "bias-corrected" in note
    assert note in headline_table(centred)
    assert note in page(centred)


def test_averages_come_before_their_blocks_and_the_reference_is_named(record):
    base = replace(record.estimates[0], model_id="path", estimator="group_time_att")
    block = replace(base, estimand="att_gt", cohort="2013Q3", period="2014Q1", event_time=2)
    term = replace(base, estimand="att_by_period", period="2014Q1")
    event = replace(base, estimand="att_by_event_time", event_time=1)
    zero = replace(
        event, event_time=-1, estimate=0.0, std_error=None, conf_low=None, conf_high=None
    )
    tables = tables_of(replace(record, estimates=(base, block, term, zero, event)))
    printed = {
        name: {
            one.source.row
            for row in tables[name].rows
            for cell in row.cells
            for one in cell.numbers
            if one.source and one.source.file == "estimates"
        }
        for name in ("main", "group_time", "further")
    }
    # The reference prints no number: it is named.
    assert printed == {"main": {1}, "group_time": {2}, "further": {3, 5}}
    assert len(tables["further"].rows) == 3
    html = page(replace(record, estimates=(*record.estimates, block, zero)))
    assert "<td>reference</td>" in html
    assert ">\N{MINUS SIGN}1</th>" in html
    places = [html.index(f'id="table-{name}"') for name in ("further", "group_time")]
    assert places == sorted(places)
    assert all(html.rindex("<details", 0, at) > html.rindex("</table>", 0, at) for at in places)


def test_a_result_shows_its_main_table_alone(record):
    counted = (replace(record.estimates[0], n_obs=1215164), *record.estimates[1:])
    result = Result(replace(record, estimates=counted))
    assert " 1215164 " in repr(result)
    assert repr(result).startswith("age_did: incomplete\n")
    assert "0.0051" in repr(result) and len(repr(result).splitlines()) == 4
    assert "<table" in result._repr_html_() and "0.0051" in result._repr_html_()


def sized(record, **details):
    """Return what is said of employment with these details of its verdict."""
    own = tuple(
        Detail("age_did", "main", "" if name == "baseline_mean" else "equivalence", "employed",
               "" if name == "baseline_mean" else "per_condition", name, value)
        for name, value in details.items()
    )  # fmt: skip
    return findings_of(replace(record, details=own))[0].sentences


def test_sizes_in_percentage_points_and_of_the_baseline(record):
    said = sized(
        record, baseline_mean=0.4, minimum_detectable_effect=0.0275, per_cent_of_baseline=1.275,
        minimum_detectable_per_cent_of_baseline=6.875, equivalence_low=-1.0, equivalence_high=2.0,
    )  # fmt: skip
    share = "{}\N{NO-BREAK SPACE}% of the baseline mean"
    assert said[1] == f"That is 0.51 percentage points, {share.format(1.3)}, 0.4000."
    detectable = f"The minimum detectable effect is 2.75 percentage points, {share.format(6.9)}."
    assert said[2] == detectable


def test_an_unknown_or_missing_first_stage_is_said(record):
    checks = (replace(record.checks[0], verdict="uninformative"),)
    unknown = sized(replace(record, checks=checks), minimum_detectable_effect=0.02)
    assert unknown[-1].startswith("Uninformative: it is not known how far the duty raised cond")
    none = sized(replace(record, checks=checks), units_per_person=-0.01)
    assert none[-1] == (
        "Uninformative: the duty did not raise condition_imposed, so no effect per condition is "
        "attainable."
    )
