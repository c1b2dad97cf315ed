"""Parts of the page: equations, the sample's flow, the tone of verdicts, figures."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from dataclasses import replace

import pytest

from evaluation.catalogue import catalogue
from evaluation.checks.registry import check_names
from evaluation.data.panel import FlowStep
from evaluation.data.step_words import averages
from evaluation.estimators.fitting import setting_of
from evaluation.estimators.registry import estimator
from evaluation.report.figures.plot import Plot
from evaluation.report.language import language_of
from evaluation.report.pictures import Picture
from evaluation.report.point_table import PointTable
from evaluation.report.record import Record
from evaluation.report.sections.answer import answers_of
from evaluation.report.sections.equation import set_equation
from evaluation.report.sections.figures import MOST, OPEN, galleries_of
from evaluation.report.sections.flow_diagram import flow_diagram
from evaluation.report.sections.tones import tone_of
from evaluation.report.sections.verdicts import ROBUSTNESS, groups_of
from evaluation.report.worth_table import worth_table
from evaluation.results import Check, Detail, Estimate, WorthRow
from evaluation.spec.loader import read_spec
from evaluation.spec.shipped import find_spec

SPACE = "\N{NARROW NO-BREAK SPACE}"


@pytest.fixture(scope="module")
def spec():
    path = find_spec("age_did")
    assert path is not None
    return read_spec(path, catalogue())


def record_of(spec, checks=(), estimates=(), details=()):
    return Record(spec, estimates, details, checks, (), {})


def verdict(check, said, model="main", outcome="employed", statistic=None):
    return Check("age_did", check, model, outcome, "", statistic, None, said, "why")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("y = β_0 + x^2", "<i>y</i> = <i>β</i><sub>0</sub> + <i>x</i><sup>2</sup>"),
        ("Σ_(k≠-3) δ_gk", "Σ<sub><i>k</i>≠−3</sub> <i>δ</i><sub><i>gk</i></sub>"),
        ("y_t - y_b", "<i>y</i><sub><i>t</i></sub> − <i>y</i><sub><i>b</i></sub>"),
        ("Σ_(j=0..1) β_j·x^j", "Σ<sub><i>j</i>=0..1</sub> <i>β</i><sub><i>j</i></sub>·<i>x</i>"
         "<sup><i>j</i></sup>"),
        ("effect[in_education] of a rule", "effect[in_education] of a rule"),
        ("x_education + never_treated", "x_education + never_treated"),
        ("<b>&\"'", "&lt;<i>b</i>&gt;&amp;&quot;&#x27;"),
    ],
)  # fmt: skip
def test_equations_are_set(text, shown):
    assert set_equation(text) == shown


def test_an_equation_keeps_every_character_of_its_text(spec):
    for model in spec.models:
        text = estimator(model.estimator).equation(setting_of(spec, model))
        inside = "".join(ElementTree.fromstring(f"<p>{set_equation(text)}</p>").itertext())
        marks = str.maketrans("", "", "_^()-−")
        assert inside.translate(marks) == text.translate(marks)


def test_the_flow_says_what_is_left_and_what_left():
    steps = (FlowStep("rows read", 1000, 50), FlowStep("keep <b> & co", 750, 49))
    root = ElementTree.fromstring(flow_diagram(steps, language_of("en")))
    told = root.find("desc").text
    assert "rows read. 1,000 rows and 50 units.".replace(",", SPACE) in told
    assert "keep <b> & co. 750 rows and 49 units. 250 rows left out (25.0" in told
    assert "1 unit has none left" in told
    assert len(root.findall("rect")) == 3


def test_a_step_that_leaves_all_or_makes_more_has_no_side():
    steps = (FlowStep("a", 10, None), FlowStep("b", 10, None), FlowStep("c", 12, 3))
    assert len(ElementTree.fromstring(flow_diagram(steps, language_of("nb"))).findall("rect")) == 3
    assert flow_diagram((), language_of("en")) == ""


def test_long_steps_stay_inside_their_box():
    steps = (FlowStep("word " * 60, 10, 1), FlowStep("x" * 300, 5, 1))
    root = ElementTree.fromstring(flow_diagram(steps, language_of("en")))
    lines = [one.text for one in root.iter("tspan")]
    assert max(map(len, lines)) <= 54
    boxes = [(float(one.get("y")), float(one.get("height"))) for one in root.findall("rect")]
    assert boxes[1][0] > sum(boxes[0])


@pytest.mark.parametrize(
    ("said", "tone"),
    [
        ("violation found", "against"),
        ("not detected", "nothing"),
        ("refused", "unjudged"),
        ("robust up to 0.83", "reading"),
        ("forbidden comparisons weigh 5.3%", "reading"),
        ("something new", "reading"),
    ],
)
def test_tones(said, tone):
    assert tone_of(verdict("any", said)) == tone


def test_verdicts_stand_with_their_assumption_and_none_is_lost(spec):
    rows = (
        verdict("pretrends", "not detected", "path", statistic=1.5),
        verdict("leave_one_out", "no cluster decides"),
        verdict("placebo_date", "within the placebo range"),
        verdict("equivalence", "not_ruled_out"),
        verdict("a family", "rejected"),
    )
    record = record_of(spec, rows)
    checks, robustness = (groups_of(record, robustness=one) for one in (False, True))
    assert [one.assumption for one in checks] == ["parallel trends", ""]
    assert [row.check for row in checks[0].rows] == ["pretrends", "placebo_date"]
    assert [row.check for group in robustness for row in group.rows] == ["leave_one_out"]
    numbers = sorted(row.number for group in (*checks, *robustness) for row in group.rows)
    assert numbers == [1, 2, 3, 4, 5]
    assert checks[0].rows[0].values == ("1.5", "")


def test_levels_have_a_heading_of_their_own(spec):
    record = record_of(spec, (verdict("heterogeneity", "levels differ"), verdict("dose", "stated")))
    (levels,) = groups_of(record, robustness=True)
    assert (levels.assumption, levels.about) == ("", "heterogeneity")


def test_kinds_of_robustness_are_checks():
    assert ROBUSTNESS - set(check_names()) <= {"families", "heterogeneity"}


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [(-0.1, 0.1, "inside"), (0.01, 0.1, "outside"), (None, None, "0.0000.")],
)
def test_the_answer_shows_the_truth(spec, low, high, said):
    row = Estimate(
        "age_did", "main", "twfe", "att_relative", "employed",
        estimate=0.05, std_error=0.1, conf_low=low, conf_high=high,
    )  # fmt: skip
    truth = Detail("age_did", "main", "truth", "employed", "", "truth", 0.0)
    first, second = answers_of(record_of(spec, estimates=(row,), details=(truth,)))
    assert said in first.truth and second.truth == ""


def test_an_exploratory_model_is_marked_in_the_answer(spec):
    row = Estimate("age_did", "main", "twfe", "att_relative", "employed", estimate=0.05)
    changed = Detail("age_did", "main", "freeze", "", "", "exploratory", "its cluster was changed")
    first, _ = answers_of(record_of(spec, estimates=(row,), details=(changed,)))
    assert first.exploratory == "its cluster was changed"


def picture(name, width):
    png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + width.to_bytes(4, "big") + (600).to_bytes(4, "big")
    plot = Plot(name, "event_study", "caption", "alt", PointTable(()), lambda points, words: None)
    return Picture(plot, png)


def test_many_figures_are_folded_and_those_beyond_are_counted(spec):
    record = record_of(spec)
    pictures = [picture(f"event_study_path_{at}", 1004) for at in range(MOST + 5)]
    (gallery,) = galleries_of(record, pictures).values()
    assert len(gallery.shown) == OPEN and len(gallery.folded) == MOST - OPEN
    assert gallery.left_out == 5


@pytest.mark.parametrize(("count", "shown"), [(OPEN + 2, OPEN + 2), (OPEN + 3, OPEN)])
def test_one_or_two_figures_are_not_folded(spec, count, shown):
    pictures = [picture(f"event_study_path_{at}", 1004) for at in range(count)]
    (gallery,) = galleries_of(record_of(spec), pictures).values()
    assert len(gallery.shown) == shown and len(gallery.folded) == count - shown


def test_a_figure_knows_its_outcome_and_its_size(spec):
    pictures = [picture("event_study_path_in_education", 2067), picture("all_of_them", 1004)]
    (gallery,) = galleries_of(record_of(spec), pictures).values()
    assert [one.outcome for one in gallery.shown] == ["In education", ""]
    assert [one.is_wide for one in gallery.shown] == [True, False]


def test_worth_stands_with_its_interval_its_sources_and_its_sum(spec):
    own = ("age_did", "budget", "NOK", 12)
    rows = (
        WorthRow(
            *own, "main", "employed", effect=0.01, amount=30000.0, source="a table", value=3600.0,
            std_error=1800.0, conf_low=72.0, conf_high=7128.0, dependence="one outcome",
        ),
        WorthRow(
            *own, "main", "in_education", effect=0.02, amount=1.0, amount_low=1.0, amount_high=2.5,
            status="refused", reason="no estimate",
        ),
        WorthRow(*own, value=3600.0, conf_low=-9.4, conf_high=7200.0,
                 dependence="worst correlation assumed"),
    )  # fmt: skip
    record = replace(record_of(spec), worth=rows)
    table = worth_table(record)
    assert table is not None
    shown = [[cell.shown(record.words) for cell in row.cells] for row in table.rows]
    thousands = f"3{SPACE}600", f"7{SPACE}128"
    assert [row[0] for row in shown] == ["Employed", "In education", "Together"]
    assert shown[0][4] in (thousands[0], "3600") and shown[0][6].endswith(("7128", thousands[1]))
    assert shown[1][3:5] == ["1 to 2.5", "refused: no estimate"]
    assert shown[2][6].startswith("\N{MINUS SIGN}9")
    assert [str(one.source) for one in table.rows[2].cells[4].numbers] == ["worth.csv row 3 value"]
    assert any("a table" in note.text for note in table.notes)
    assert worth_table(record_of(spec)) is None


@pytest.mark.parametrize(
    ("step", "whether"),
    [
        ("months to quarters", True),
        ("dates to months", True),
        ("rows grouped by muni_h", True),
        ("rows read", False),
        ("window 2013-01-01 to 2019-12-31", False),
    ],
)
def test_steps_that_average_leave_no_row_out(step, whether):
    steps = (FlowStep("rows read", 100, 10), FlowStep(step, 10, 2))
    averaging = [at for at, one in enumerate(steps) if averages(one.step)]
    drawn = flow_diagram(steps, language_of("en"), averaging)
    assert ("none is left out" in drawn) is whether
    assert ("90 rows left out" in drawn) is not whether
