"""The page: every number as printed, every failure named, nothing injected."""

from __future__ import annotations

import base64
import hashlib
import time
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from evaluation.catalogue import catalogue
from evaluation.data.panel import FlowStep
from evaluation.report.numbers import Numbers
from evaluation.report.page import page
from evaluation.report.record import Record
from evaluation.results import Check, Detail, Estimate
from evaluation.spec.extras import Rounding
from evaluation.spec.loader import build_spec
from evaluation.spec.origin import Origin
from evaluation.spec.settings import Settings
from tests.report import page_records

TABLES = {
    "schema_version": 1,
    "id": "tiny",
    "title": "A <script>alert(1)</script> title & more",
    "panel": {"source": "file", "path": "package:rdrobust/data/rdrobust_RDsenate.csv"},
    "outcomes": {"vote": {"column": "vote", "kind": "continuous"}},
    "design": {
        "kind": "rd",
        "running_variable": {"column": "margin"},
        "cutoff": 0,
        "treated_side": "above",
    },
    "threats": [{"name": "<b>bold</b>", "affects": "all \" ' quotes"}],
    "models": [{"id": "sharp", "estimand": "itt_at_cutoff", "estimator": "rd_robust"}],
}


@pytest.fixture
def record() -> Record:
    spec = build_spec(
        TABLES, catalogue(), settings=Settings({}, ()), origin=Origin(), label="tiny.toml"
    )
    row = Estimate(
        "tiny", "sharp", "rd_robust", "itt_at_cutoff", "vote",
        estimate=7.41412, std_error=1.4587, conf_low=-4.0937, conf_high=10.9193,
        p_value=0.00001, n_obs=1297,
    )  # fmt: skip
    return Record(
        spec=spec,
        estimates=(row,),
        details=(Detail("tiny", "sharp", "", "vote", "", "bandwidth_below", 17.75),),
        checks=(Check("tiny", "equivalence", "", "vote", "", None, None, "no_bound_given", "<i>"),),
        flow=(FlowStep("rows read", 1390, None),),
        inputs={"senate.csv": "0" * 64},
    )


class Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []
        self.ids: list[str] = []
        self.handlers: list[str] = []
        self.text = ""

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.links += [value for name, value in attrs if name in ("src", "href")]
        self.ids += [value for name, value in attrs if name == "id"]
        self.handlers += [name for name, _ in attrs if name.startswith("on") or name == "style"]

    def handle_data(self, data):
        self.text += data


def read(html: str) -> Reader:
    reader = Reader()
    reader.feed(html)
    return reader


def test_numbers_are_those_of_the_rows_after_rounding(record):
    text = read(page(record)).text
    for shown in ("7.4141", "1.4587", "\N{MINUS SIGN}4.0937 to 10.9193", "< 0.001", "1\u202f297"):
        assert shown in text


def test_markup_in_names_is_shown_and_never_run(record):
    reader = read(page(record))
    # The page's own words and its own script, and the letters of its equation.
    assert reader.tags.count("script") == 2 and "b" not in reader.tags
    assert "<script>alert(1)</script>" in reader.text and "<b>bold</b>" in reader.text
    assert "<i>" in reader.text and not reader.handlers


def test_the_page_asks_for_nothing_from_elsewhere(record):
    reader = read(page(record))
    assert all(link.startswith(("data:", "#")) for link in reader.links)
    assert {link[1:] for link in reader.links if link.startswith("#")} <= set(reader.ids)
    assert len(reader.ids) == len(set(reader.ids))


def test_a_browser_may_run_nothing_but_the_page_s_own_script(record):
    html = page(record)
    script = html.rsplit("<script>", 1)[1].split("</script>")[0]
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert f"script-src &#39;sha256-{digest}&#39;" in html
    assert "default-src &#39;none&#39;; img-src data:" in html


def test_the_answer_comes_first_and_how_to_reproduce_it_last(record):
    names = ("answer", "design", "sample", "threats", "table", "checks", "data", "reproduce")
    html = page(record)
    places = [html.index(f'<section id="{name}"') for name in names]
    assert places == sorted(places)


def test_a_failed_model_is_a_row_with_its_reason(record):
    row = replace(record.estimates[0], estimate=None, status="refused", reason="a single cluster")
    table = (
        page(replace(record, estimates=(row,))).split('id="table-main"')[1].split("</div>\n</")[0]
    )
    assert "refused" in table.casefold() and "a single cluster" in table


@pytest.mark.parametrize(("value", "shown"), [(None, "–"), (0.5, "0.500"), (0.0001, "< 0.001")])
def test_p_values(value, shown):
    assert Numbers(Rounding()).p_value(value) == shown


def test_rounding_is_the_spec_s():
    assert Numbers(Rounding(estimate=2)).estimate(1.005) == "1.01"


def test_one_estimate_or_a_thousand_are_all_there():
    one = page_records.record([page_records.headline("y0", 0.01)], models=1)
    assert read(page(one, ())).tags.count("table") >= 1
    rows = [page_records.headline("y0", 0.01)]
    rows += [page_records.event("y0", at, 0.001 * at) for at in range(-500, 500)]
    html = page(page_records.record(rows), ())
    assert html.count('data-source="estimates.csv row 1001 estimate"') == 1
    assert html.count("estimates.csv row ") >= 1000


def test_the_same_record_gives_the_same_bytes():
    assert page(page_records.plain(), ()) == page(page_records.plain(), ())


@pytest.mark.slow
def test_a_report_of_forty_models_is_quick():
    rows = [page_records.headline(name, 0.01) for name in ("y0", "y1")]
    rows += [
        page_records.event(name, at, 0.003 * at, f"path{model}")
        for model in range(1, 40)
        for name in ("y0", "y1")
        for at in range(-12, 13)
    ]
    record = page_records.record(rows, models=40)
    start = time.process_time()
    html = page(record)
    assert time.process_time() - start < 20
    assert all(f"<code>path{model}</code>" in html for model in range(1, 40))
