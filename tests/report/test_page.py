"""The page: every number as printed, every failure named, nothing injected."""

from __future__ import annotations

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
        self.text = ""

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.links += [value for name, value in attrs if name in ("src", "href")]

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
    assert "script" not in reader.tags and "b" not in reader.tags and "i" not in reader.tags
    assert "<script>alert(1)</script>" in reader.text and "<b>bold</b>" in reader.text


def test_the_page_asks_for_nothing_from_elsewhere(record):
    assert all(link.startswith("data:") for link in read(page(record)).links)


def test_a_failed_model_is_a_row_with_its_reason(record):
    row = replace(record.estimates[0], estimate=None, status="refused", reason="a single cluster")
    assert "refused: a single cluster" in read(page(replace(record, estimates=(row,)))).text


@pytest.mark.parametrize(("value", "shown"), [(None, "–"), (0.5, "0.500"), (0.0001, "< 0.001")])
def test_p_values(value, shown):
    assert Numbers(Rounding()).p_value(value) == shown


def test_rounding_is_the_spec_s():
    assert Numbers(Rounding(estimate=2)).estimate(1.005) == f"{1.005:.2f}"
