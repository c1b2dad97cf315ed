"""Every number of every table, in every format, leads back to the row that holds it."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from pathlib import Path

import pytest
from lxml import etree
from lxml import html as pages

from evaluation.commands.trace import trace
from evaluation.errors import UsageError
from evaluation.report.csvs import csv_text
from evaluation.report.figures.registry import plots_of
from evaluation.report.horizons import by_horizon
from evaluation.report.language import rounded
from evaluation.report.writers.registry import table_bytes
from evaluation.results import Check, Detail, Estimate
from evaluation.review.tracing.found import Spot, places_of, spots_of
from evaluation.review.tracing.material import Material, material_of
from tests.report.page_records import plain

REFERENCE = Path(__file__).parents[2] / "outputs" / "reference" / "age_did"
PRINTED = re.compile(r"-?\d+(?:\.\d+)?")
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def by_hand() -> Material:
    """Return a run with details, checks and figures."""
    record = plain()
    texts = {
        "estimates": csv_text(Estimate, by_horizon(record.estimates)),
        "details": csv_text(Detail, by_horizon(record.details)),
        "checks": csv_text(Check, by_horizon(record.checks)),
    }
    figures = {one.name: one.points for one in plots_of(record)}
    return Material(Path("tiny"), "run", {"spec_digest": "d"}, record, texts, figures)


@pytest.fixture(scope="module", params=["reference", "by_hand"])
def material(request: pytest.FixtureRequest) -> Material:
    return material_of(REFERENCE) if request.param == "reference" else by_hand()


def _html(content: bytes) -> list[list[str]]:
    rows = pages.fromstring(content.decode()).xpath("//tbody/tr[not(@class='panel')]")
    return [["".join(cell.itertext()) for cell in row] for row in rows]


def _docx(content: bytes) -> list[list[str]]:
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        document = etree.fromstring(packed.read("word/document.xml"))
    rows = document.findall(f".//{W}tbl/{W}tr")
    kept = [row for row in rows if row.find(f"{W}trPr/{W}tblHeader") is None]
    return [["".join(c.itertext()) for c in row.findall(f"{W}tc")] for row in kept]


def _tex(content: bytes) -> list[list[str]]:
    lines = content.decode().splitlines()
    starts = lines.index(r"\midrule")
    kept = [one for one in lines[starts:] if one.endswith(r" \\") and "\\multicolumn" not in one]
    plain_text = [one.removesuffix(r" \\").replace(r"\,", "").replace("$-$", "-") for one in kept]
    return [[cell.strip() for cell in re.split(r"(?<!\\)&", one)] for one in plain_text]


READERS = {"html": _html, "docx": _docx, "tex": _tex}


def _shown(text: str) -> list[str]:
    bare = text.replace("\N{MINUS SIGN}", "-").replace("\N{NARROW NO-BREAK SPACE}", "")
    return PRINTED.findall(bare)


def _holds(material: Material, spot: Spot, shown: str) -> bool:
    """Whether a row of a file, read anew, is printed so."""
    if spot.file == "flow":
        step = material.record.flow[spot.row - 1]
        return shown in {str(step.rows), str(step.units)}
    line = list(csv.DictReader(io.StringIO(material.texts[spot.file])))[spot.row - 1]
    value = float(line[spot.column])
    decimals = len(shown.partition(".")[2])
    # A p-value below the last decimal is printed as that decimal.
    least = spot.column == "p_value" and value < float(shown)
    return least or rounded(value, decimals) == shown or f"{value:.4g}" == shown


@pytest.mark.parametrize("ending", sorted(READERS))
def test_every_number_of_every_table_resolves(material: Material, ending: str) -> None:
    seen = 0
    for name, table in material.tables.items():
        grid = READERS[ending](table_bytes(table, material.record.words, ending))
        if ending == "docx":
            grid = [line for line in grid if len(line) == len(table.columns)]
        assert len(grid) == len(table.rows), name
        for line, cells in enumerate(grid, 1):
            assert len(cells) == len(table.columns)
            for column, text in enumerate(cells[table.labels :], 1):
                if table.columns[table.labels + column - 1].is_text or not _shown(text):
                    continue
                place = f"{name}:{line}:{column}"
                if not table.rows[line - 1].cells[table.labels + column - 1].numbers:
                    continue
                spots = spots_of(place, material)
                if any(one.file == "flow" for one in spots):
                    assert _holds(material, spots[0], _shown(text)[0])
                else:
                    assert len(spots) == len(_shown(text)), place
                    for spot, shown in zip(spots, _shown(text), strict=True):
                        assert _holds(material, spot, shown), place
                        assert any(one.startswith(place) for one in places_of(spot, material))
                seen += 1
    assert seen > 10


def test_a_workbook_holds_the_values_of_the_rows(material: Material) -> None:
    from openpyxl import load_workbook

    seen = 0
    for name, table in material.tables.items():
        content = table_bytes(table, material.record.words, "xlsx")
        sheet = load_workbook(io.BytesIO(content)).active
        assert sheet is not None
        held = [one for row in sheet.values for one in row if isinstance(one, int | float)]
        lines, columns = range(1, len(table.rows) + 1), range(1, len(table.columns) + 1)
        places = [f"{name}:{line}:{column}" for line in lines for column in columns]
        spots = [spot for place in places for spot in _found(place, material)]
        if name == "sample_flow":
            steps = [material.record.flow[spot.row - 1] for spot in dict.fromkeys(spots)]
            counts = [count for step in steps for count in (step.rows, step.units)]
            assert held == [count for count in counts if count is not None]
            continue
        rows = material.rows
        wanted = [float(rows[one.file][one.row - 1][one.column]) for one in spots]
        # A workbook keeps 16 digits.
        assert held == pytest.approx(wanted, rel=1e-15), name
        seen += len(held)
    assert seen > 10


def _found(place: str, material: Material) -> tuple[Spot, ...]:
    try:
        return spots_of(place, material)
    except UsageError:
        return ()


def test_printed_values_lead_to_the_same_row_as_their_places() -> None:
    material = material_of(REFERENCE)
    (spot,) = spots_of("main:1:2", material)
    assert (spot.file, spot.column) == ("estimates", "estimate")
    value = material.rows["estimates"][spot.row - 1]["estimate"]
    shown = rounded(float(value), 4)
    for asked in (
        value,
        shown,
        shown.replace("-", "\N{MINUS SIGN}"),
        shown.replace(".", ","),
        f" ({shown}) ",
    ):
        assert spot in spots_of(asked, material), asked
    other = rounded(float(value) + 0.0001, 4)
    assert spot not in _found(other, material)
    count = material.rows["estimates"][0]["n_obs"]
    assert Spot("estimates", 1, "n_obs") in spots_of(f"{int(count):,}", material)
    assert Spot("estimates", 1, "n_obs") in spots_of(
        f"{int(count):,}".replace(",", "\N{NARROW NO-BREAK SPACE}"), material
    )


def test_the_answer_names_row_model_spec_inputs_and_code() -> None:
    text = "\n".join(trace("main:1:2", REFERENCE))
    manifest = material_of(REFERENCE).manifest
    for wanted in (
        "estimates.csv row 1 estimate = ",
        "model_id main",
        "models.main\n",
        'fixed_effects = ["muni_h", "ym"]',
        "outcomes.employed\n",
        manifest["spec_digest"],
        *(f"{name} digest {digest}" for name, digest in manifest["inputs"].items()),
        f"activity-duty {manifest['code']['version']}",
    ):
        assert wanted in text, wanted


@pytest.mark.parametrize(
    ("what", "line"),
    [
        ("table9:1:1", "no table, figure or result file 'table9'; did you mean table2 or "),
        ("estimates:0", "trace estimates:0: has rows 1 to "),
        ("estimates:1:estimat", "no such column; did you mean estimate "),
        ("main:1:1", "holds no number; numbers stand in columns 2 (Estimate)"),
        ("nothing", "is neither a place nor a number"),
        ("0.987654321", "no table, figure or result file of "),
        ("  ", "says nothing to look for"),
    ],
)
def test_what_leads_nowhere_is_said_in_one_line(what: str, line: str) -> None:
    with pytest.raises(UsageError) as refused:
        trace(what, REFERENCE)
    assert line in str(refused.value)
    assert "\n" not in str(refused.value)
