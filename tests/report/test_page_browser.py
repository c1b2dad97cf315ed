"""The page in a browser: nothing asked for, nothing over the edge, readable by everyone."""

from __future__ import annotations

import base64
import importlib.util
import io
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from evaluation.report.page import page
from evaluation.report.record import Record
from tests.report.page_records import nasty, plain

RECORDS: dict[str, Callable[[], Record]] = {"plain": plain, "nasty": nasty}
REFERENCES = Path(__file__).parent / "screenshots"
# A4 less its margins, in pixels of a page.
PAPER = 673


@pytest.fixture(scope="module")
def browser(require) -> Iterator[Any]:
    program = shutil.which("chromium")
    require("chromium", program is not None, "no Chromium (Debian: chromium)")
    there = all(importlib.util.find_spec(name) for name in ("playwright", "axe_playwright_python"))
    require("chromium", there, "no playwright (pip: playwright, axe-playwright-python)")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as control:
        started = control.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture(scope="module")
def files(tmp_path_factory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("pages")
    found = {name: folder / f"{name}.html" for name in RECORDS}
    for name, made in RECORDS.items():
        found[name].write_text(page(made()), encoding="utf-8")
    return found


@pytest.fixture
def opened(browser, files) -> Iterator[Callable[..., Any]]:
    """Give what opens a page; what it said, asked for or did stands in its ``heard``."""
    contexts: list[Any] = []

    def open_page(name: str, width: int = 1280, **options: Any) -> tuple[Any, list[str]]:
        context = browser.new_context(viewport={"width": width, "height": 900}, **options)
        contexts.append(context)
        shown, heard = context.new_page(), []
        address = files[name].as_uri()
        shown.on("console", lambda message: heard.append(message.text))
        shown.on("pageerror", lambda error: heard.append(str(error)))
        shown.on("dialog", lambda dialog: heard.append(dialog.message))
        shown.on(
            "request",
            lambda asked: (
                None
                if asked.url == address or asked.url.startswith("data:")
                else heard.append(asked.url)
            ),
        )
        shown.goto(address)
        return shown, heard

    yield open_page
    for context in contexts:
        context.close()


def beyond_the_edge(shown: Any) -> list[str]:
    """Return what lies beyond the right edge and is in no box of its own that scrolls."""
    return shown.evaluate(
        """() => [...document.querySelectorAll("body *")]
            .filter(one => !one.closest(".skip, svg")
                && one.getBoundingClientRect().right > innerWidth + 1
                && !(getComputedStyle(one.closest(".wide") || one).overflowX === "auto"))
            .map(one => `${one.tagName} ${one.className}: ${one.textContent.slice(0, 40)}`)"""
    )


@pytest.mark.parametrize("width", [1280, 800])
@pytest.mark.parametrize("name", RECORDS)
def test_nothing_is_asked_for_said_or_run_and_nothing_is_over_the_edge(opened, name, width):
    shown, heard = opened(name, width)
    assert shown.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert beyond_the_edge(shown) == []
    assert heard == [] and shown.evaluate("window.injected") is None


@pytest.mark.parametrize("name", RECORDS)
def test_in_print_everything_is_on_the_paper_and_nothing_is_folded(opened, name):
    shown, heard = opened(name, PAPER)
    shown.emulate_media(media="print")
    assert beyond_the_edge(shown) == [] and heard == []
    assert shown.evaluate(
        """() => {
            dispatchEvent(new Event("beforeprint"));
            return [...document.querySelectorAll("details:not(.asked)")].every(one => one.open);
        }"""
    )


@pytest.mark.parametrize("name", RECORDS)
def test_axe_finds_nothing(opened, name):
    from axe_playwright_python.sync_playwright import Axe

    shown, _ = opened(name)
    shown.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true; })")
    found = Axe().run(shown)
    assert found.violations_count == 0, found.generate_report()


def test_without_script_the_page_says_the_same(opened):
    bare, _ = opened("plain", java_script_enabled=False)
    assert bare.locator("section").count() >= 9
    assert bare.locator("section h2").all_inner_texts()[0] == "What the data say"
    assert bare.locator("nav select").count() == 0


def test_a_column_is_sorted_by_its_values(opened):
    shown, _ = opened("plain")
    shown.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true; })")
    table = shown.locator("#table-further table")
    head = table.locator("thead th", has_text="Estimate").last
    values = """one => [...one.tBodies[0].rows].map(row =>
        Number([...row.cells].find(cell => (cell.dataset.source || "").endsWith("estimate"))
            .dataset.value))"""
    head.locator("button").click()
    rising = table.evaluate(values)
    head.locator("button").click()
    assert head.get_attribute("aria-sort") == "descending"
    assert rising == sorted(rising) and table.evaluate(values) == rising[::-1]
    assert len(rising) == 14


def test_one_outcome_can_be_shown_alone(opened):
    shown, _ = opened("plain")
    shown.locator("nav select").select_option("In education")
    assert shown.locator(".answers li:visible").all_inner_texts()[0].startswith("In education")
    assert shown.locator("#table-main tbody tr:visible").count() == 1
    shown.locator("nav select").select_option("")
    assert shown.locator(".answers li:visible").count() == 2


def test_values_stand_where_the_pointer_rests(opened):
    shown, _ = opened("plain")
    cell = shown.locator("#table-main td", has_text="0.0066").first
    assert cell.get_attribute("title") == "0.0066324\nestimates.csv row 1 estimate"


def fonts() -> str:
    """Return style that sets every text in fonts which matplotlib brings, so on any machine."""
    import matplotlib as mpl

    folder = Path(mpl.get_data_path()) / "fonts" / "ttf"
    faces = {"DejaVuSerif": "Serif", "DejaVuSans": "Sans", "DejaVuSansMono": "Mono"}
    rules = [
        f"@font-face {{ font-family: Test{name}; src: url(data:font/ttf;base64,"
        f"{base64.b64encode((folder / f'{file}.ttf').read_bytes()).decode()}) }}"
        for file, name in faces.items()
    ]
    sans = "table, svg.flow, .verdict, .tone { font-family: TestSans !important }"
    mono = "code, pre { font-family: TestMono !important }"
    return "\n".join([*rules, "body, caption { font-family: TestSerif !important }", sans, mono])


def small(png: bytes) -> Any:
    """Return a screenshot as shades of grey, half as wide."""
    from PIL import Image

    image = Image.open(io.BytesIO(png)).convert("L")
    return image.resize((image.width // 2, image.height // 2), Image.Resampling.BOX)


def test_parts_look_as_they_did(opened, tmp_path):
    import numpy as np
    from PIL import Image

    shown, _ = opened("plain", bypass_csp=True)
    shown.add_style_tag(content=fonts())
    shown.evaluate("document.fonts.ready")
    for part in ("answer", "sample", "checks"):
        # Alone: what stands above moves it by parts of a pixel.
        alone = f"main > section:not(#{part}) {{ display: none }} #{part} {{ display: block }}"
        shown.add_style_tag(content=alone.replace("}", " !important }"))
        now = small(shown.locator(f"#{part}").screenshot())
        shown.evaluate("document.head.lastElementChild.remove()")
        path = REFERENCES / f"{part}.png"
        if "RENEW_SCREENSHOTS" in os.environ:
            now.save(path)
        now.save(tmp_path / path.name)
        before = Image.open(path)
        seen = f"look at {tmp_path / path.name}; RENEW_SCREENSHOTS=1 makes it the reference"
        assert abs(now.height - before.height) <= 6, seen
        height = min(now.height, before.height)
        one, other = (np.asarray(image, float)[:height] for image in (now, before))
        assert np.abs(one - other).mean() < 2, seen
