"""Tables as the spec asks for them, and the same numbers in every format, equal to their source."""

from __future__ import annotations

import csv
import html
import io
import re
import shutil
import subprocess
import zipfile
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal
from importlib.util import find_spec as find_module

import pytest
from lxml import etree

from evaluation.api import Result
from evaluation.catalogue import catalogue
from evaluation.commands.report_table import write_table
from evaluation.errors import SpecError, UsageError
from evaluation.report.horizons import by_horizon
from evaluation.report.record import Record
from evaluation.report.table_markup import markup
from evaluation.report.tables import table_of, tables_of
from evaluation.report.writers.registry import formats, table_bytes
from evaluation.report.writers.xlsx import number_format
from evaluation.results import Check, Detail, Estimate, cells_of
from evaluation.spec.loader import read_spec
from evaluation.spec.shipped import find_spec

NASTY = "<b>Work</b> & \"school\" 50% $x_1$ {a}~b^c #\\ [z] 'q' æøå"
LONG = "A label of two hundred characters " * 6
MODELS = """
[[models]]
id = "other"
estimand = "att_relative"
estimator = "twfe"
fixed_effects = ["muni_h"]
cluster = "muni_h"
"""


def spec_of(tmp_path, tables, lang="en", label=None):
    path = find_spec("age_did")
    assert path is not None
    text = path.read_text(encoding="utf-8").split("[[tables]]")[0] + MODELS + tables
    text = text.replace('id = "age_did"', f'id = "age_did"\nlang = "{lang}"', 1)
    if label is not None:
        quoted = label.replace("\\", "\\\\").replace('"', '\\"')
        text = text.replace('label = "Employed"', f'label = "{quoted}"')
    own = tmp_path / "own.toml"
    own.write_text(text, encoding="utf-8")
    return read_spec(own, catalogue())


def record_of(spec, *, p_value=0.6301):
    main = Estimate(
        "age_did", "main", "twfe", "att_relative", "employed", estimate=0.0066324581,
        std_error=0.01375, conf_low=-0.0204359487, conf_high=0.033700865, p_value=p_value,
        n_obs=203726, n_units=4943, n_clusters=318,
    )  # fmt: skip
    other = replace(main, model_id="other", estimate=-0.0104, n_obs=1203726, p_value=1e-9)
    path = replace(main, model_id="path", estimator="twfe_event_study",
                   estimand="att_by_event_time")  # fmt: skip
    rows = (
        main,
        Estimate(
            "age_did",
            "main",
            "twfe",
            "att_relative",
            "in_education",
            status="refused",
            reason="r & d_1",
        ),
        other,
        replace(other, outcome="in_education", estimate=-0.00001, status="warned", reason="few"),
        *(
            replace(path, event_time=at, estimate=at / 300, std_error=0.01 + at * at / 1000)
            for at in (-8, -5, 0, 1)
        ),
    )

    def detail(model, outcome, name, value, check=""):
        return Detail("age_did", model, check, outcome, "", name, value)

    details = (
        detail("main", "employed", "baseline_mean", 0.70704),
        detail("main", "employed", "baseline_definition", "treated_before"),
        detail("other", "employed", "baseline_mean", 0.60704),
        detail("other", "in_education", "baseline_mean", 0.26204),
        detail("main", "employed", "truth", 0.0, "truth"),
        detail("main", "employed", "truth_monte_carlo_error", 0.0004, "truth"),
    )
    checks = (Check("age_did", "pretrends", "path", "employed", "", 3.2, 0.4, "not detected", "m"),)
    return Record(spec, rows, details, checks, (), {})


TWO = """
[[tables]]
id = "t2"
title = "Two models"
columns = ["main", { model = "other", label = "No periods", group = "Robustness" }]
below = ["std_error", "interval", "p_value"]
footer = ["baseline_mean", "n_obs", "n_clusters", "fixed_effects", "cluster"]
"""


def shown(table, words):
    return [[cell.shown(words) for cell in row.cells] for row in table.rows]


@pytest.fixture
def record(tmp_path):
    return record_of(spec_of(tmp_path, TWO))


def test_models_beside_each_other(record):
    table = table_of(record, "t2")
    assert [(one.label, one.group) for one in table.columns] == [
        ("Outcome", ""),
        ("main", ""),
        ("No periods", "Robustness"),
    ]
    minus = "\N{MINUS SIGN}"
    assert shown(table, record.words) == [
        ["Employed", "0.0066", f"{minus}0.0104"],
        ["", "(0.0138)", "(0.0138)"],
        ["", f"[{minus}0.0204, 0.0337]", f"[{minus}0.0204, 0.0337]"],
        ["", "p 0.630", "p < 0.001"],
        ["In education", "–", record.words.number(-0.00001, 4)],
        ["", "", "(0.0138)"],
        ["", "", f"[{minus}0.0204, 0.0337]"],
        ["", "", "p < 0.001"],
        ["Baseline mean: Employed", "0.7070", "0.6070"],
        ["Baseline mean: In education", "", "0.2620"],
        ["Rows", "203\u202f726", "1\u202f203\u202f726"],
        ["Clusters", "318", "318"],
        ["Fixed effects", "muni_h, ym", "muni_h"],
        ["Clustered by", "muni_h", "muni_h"],
    ]
    assert "*" not in table_bytes(table, record.words, "csv").decode()
    # A model without a number is a dash with its reason.
    assert table.rows[4].cells[1].mark == "a"
    notes = {note.mark: note.text for note in table.notes if note.mark}
    assert notes == {"a": "Refused: r & d_1", "b": "Warned: few"}
    assert "Standard errors in parentheses, 95\u00a0% intervals in brackets." in [
        note.text for note in table.notes
    ]


ASKED = [
    # columns, further keys, heads, first cells of rows
    ('["employed", "in_education"]', "", ["Model", "Employed", "In education"],
     ["main", "other", "path"]),
    ('["path"]', 'rows = ["event_time"]', ["Event time", "path"],
     ["\N{MINUS SIGN}8", "\N{MINUS SIGN}5", "0", "1"]),
    ('["employed"]', 'rows = ["event_time"]\npanels = ["path"]', ["Event time", "Employed"],
     ["\N{MINUS SIGN}8", "\N{MINUS SIGN}5", "0", "1"]),
    ('["estimate", "std_error", "n_obs"]', 'rows = ["other", "main"]\nfooter = []',
     ["Model", "Outcome", "Estimate", "Standard error", "Rows"],
     ["other", "other", "main", "main"]),
]  # fmt: skip


@pytest.mark.parametrize(("columns", "keys", "heads", "labels"), ASKED)
def test_axes(tmp_path, columns, keys, heads, labels):
    text = f'[[tables]]\nid = "t"\ncolumns = {columns}\n{keys}\n'
    text += "" if "below" in keys or "estimate" in columns else "below = []\n"
    text += "" if "footer" in keys else "footer = []\n"
    record = record_of(spec_of(tmp_path, text))
    kept = record.estimates
    if '"path"' in columns or "panels" in keys:
        kept = tuple(row for row in kept if row.outcome == "employed")
    table = table_of(replace(record, estimates=kept), "t")
    assert [one.label for one in table.columns] == heads
    found = [row[0] for row in shown(table, record.words)]
    assert found == [one for one in labels if one in found] and len(found) >= len(labels) - 1


PANELS = """
[[tables]]
id = "t"
columns = ["main", "other"]
numbered = true
stars = true
below = []
footer = ["n_clusters"]

[[tables.panels]]
title = "A. Work"
outcomes = ["employed"]
footer = ["n_obs"]

[[tables.panels]]
title = "B. School"
outcomes = ["in_education"]
"""


def test_panels_with_their_own_footer(tmp_path):
    record = record_of(spec_of(tmp_path, PANELS))
    table = table_of(record, "t")
    assert [(one.title, one.is_footer) for one in table.blocks] == [
        ("A. Work", False), ("", True), ("B. School", False), ("", True),
    ]  # fmt: skip
    assert [one.label for one in table.columns] == ["Outcome", "(1) main", "(2) other"]
    assert shown(table, record.words)[0][2].endswith("0.0104***")
    assert any("*** p < 0.01" in note.text for note in table.notes)


def test_every_spec_has_tables(record):
    tables = tables_of(record)
    assert list(tables) == ["main", "further", "checks", "t2"]
    assert [one.label for one in tables["main"].columns][:4] == [
        "Outcome", "Model", "Estimand", "Estimate",
    ]  # fmt: skip
    assert shown(tables["main"], record.words)[0][7] == "0.0000 ± 0.0004"
    assert len(tables["further"].rows) == 4


def test_what_holds_of_every_number_has_no_letter(record):
    rows = tuple(
        replace(row, status="warned", reason="old") if row.estimate is not None else row
        for row in record.estimates
    )
    table = table_of(replace(record, estimates=rows), "t2")
    notes = [(note.mark, note.text) for note in table.notes][-2:]
    assert notes == [("", "Warned: old."), ("a", "Refused: r & d_1")]
    assert [cell.mark for cell in table.rows[0].cells] == ["", "", ""]


def test_a_note_says_which_models_were_not_frozen(record, monkeypatch):
    monkeypatch.setattr(Record, "exploratory", {"other": "added later"})
    table = table_of(record, "t2")
    assert any(note.text == "Exploratory: added later" for note in table.notes)
    assert table.rows[0].cells[2].mark


# Every number, in every format, is that of its source after rounding.


def sources(record):
    return {
        "estimates": [cells_of(row) for row in by_horizon(record.estimates)],
        "details": [cells_of(row) for row in by_horizon(record.details)],
        "checks": [cells_of(row) for row in by_horizon(record.checks)],
    }


def halves_away(value, digits):
    """Round the text of a number, as spreadsheets do."""
    return Decimal(repr(value)).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)


def rounded(record, number):
    """Return what must be printed: the source's own number, rounded by exact decimals."""
    assert number.source is not None
    value = sources(record)[number.source.file][number.source.row - 1][number.source.column]
    assert value == number.value
    if number.kind == "count":
        return Decimal(value)
    exact = halves_away(value, number.digits)
    least = Decimal(1).scaleb(-number.digits)
    return least if number.kind == "p_value" and Decimal(value) < least else exact


def expected(record, table):
    return [rounded(record, n) for row in table.rows for cell in row.cells for n in cell.numbers]


def read(text, words):
    """Return the numbers of a printed text."""
    minus, point, mark = (words.text(f"numbers.{x}") for x in ("minus", "decimal", "thousands"))
    text = text.replace(mark, "").replace(minus, "-")
    return [
        Decimal(one.replace(point, "."))
        for one in re.findall(rf"-?\d+(?:{re.escape(point)}\d+)?", text)
    ]


def body(table):
    """Return the places of cells with numbers: row, column."""
    return [
        (at, place)
        for at, row in enumerate(table.rows)
        for place, cell in enumerate(row.cells)
        if cell.numbers
    ]


def from_html(made, table, words):
    root = etree.HTML(made.decode())
    cells = root.xpath("//td[@data-value]")
    for cell in cells:
        for mark in cell.xpath("sup"):
            cell.remove(mark)
    return [n for cell in cells for n in read("".join(cell.itertext()), words)]


def from_tex(made, table, words):
    text = made.decode().replace("$-$", "\N{MINUS SIGN}").replace(r"\,", "\u202f")
    text = re.sub(r"\\textsuperscript\{.*?\}", "", text.replace("{]}", "]").replace("{[}", "["))
    lines = [one for one in text.split("\n") if one.endswith(r"\\") and "multicolumn" not in one]
    rows = [re.split(r"(?<!\\) & ", one.removesuffix(r"\\")) for one in lines]
    return [n for at, place in body(table) for n in read(rows[at][place], words)]


def from_docx(made, table, words):
    import docx

    (found,) = docx.Document(io.BytesIO(made)).tables
    titles = {block.title for block in table.blocks if block.title}
    rows = [one for one in found.rows if one.cells[0].text not in titles]
    rows = rows[2 if table.has_groups else 1 :]
    numbers = []
    for at, place in body(table):
        runs = rows[at].cells[place].paragraphs[0].runs
        numbers += read("".join(r.text for r in runs if not r.font.superscript), words)
    return numbers


def from_xlsx(made, table, words):
    """Return numbers as a spreadsheet shows them: real ones, rounded by their format."""
    import openpyxl

    sheet = openpyxl.load_workbook(io.BytesIO(made)).active
    found = []
    for line in sheet.iter_rows():
        for cell in line:
            if not isinstance(cell.value, int | float):
                continue
            form = re.sub(r'"[^"]*"', "", cell.number_format.split(";")[0])
            shown = re.search(r"< 0[.,](\d+)", cell.number_format)
            if shown:
                found.append(Decimal(1).scaleb(-len(shown[1])))
                continue
            decimals = len(form.partition(".")[2])
            found.append(halves_away(cell.value, decimals))
    return found


def from_csv(made, table, words):
    found = []
    for line in list(csv.reader(io.StringIO(made.decode())))[1:]:
        found += [
            Decimal(v.removeprefix("< "))
            for v in line[table.labels :]
            if re.fullmatch(r"(< )?-?[\d.]+", v)
        ]
    return found


READERS = {
    "html": from_html, "tex": from_tex, "docx": from_docx, "xlsx": from_xlsx, "csv": from_csv,
}  # fmt: skip


@pytest.mark.parametrize("lang", ["en", "nb"])
@pytest.mark.parametrize("to", sorted(READERS))
def test_numbers_parsed_back_are_those_of_the_result_files(tmp_path, to, lang):
    record = record_of(spec_of(tmp_path, TWO, lang))
    tables = tables_of(record) if lang == "en" else {"t2": table_of(record, "t2")}
    for name, table in tables.items():
        made = table_bytes(table, record.words, to)
        assert READERS[to](made, table, record.words) == expected(record, table), name
        assert len(expected(record, table)) > 1


@pytest.mark.parametrize("to", sorted(READERS))
def test_the_same_bytes(record, to):
    first, second = (table_bytes(table_of(record, "t2"), record.words, to) for _ in range(2))
    assert first == second


def test_every_format_is_read():
    assert formats() == tuple(sorted(READERS))


def test_a_spreadsheet_holds_the_number_itself(record):
    import openpyxl

    made = table_bytes(table_of(record, "t2"), record.words, "xlsx")
    sheet = openpyxl.load_workbook(io.BytesIO(made)).active
    held = [c.value for line in sheet.iter_rows() for c in line if isinstance(c.value, float)]
    assert held[:2] == [0.0066324581, -0.0104]


@pytest.mark.parametrize(
    ("text", "before", "after", "form"),
    [
        ("0.0066", "(", ")", '"("0.0000")";"("0.0000")"'),
        ("\N{MINUS SIGN}0.5", "", "*", '0.0"*";"\N{MINUS SIGN}"0.0"*"'),
        ("1\u202f203\u202f726", "", "", '0"\u202f"000"\u202f"000;0"\u202f"000"\u202f"000'),
        ("< 0.001", "p ", "", '"p < 0.001"'),
    ],
)
def test_formats_of_a_spreadsheet(record, text, before, after, form):
    assert number_format(text, before, after, record.words) == form


@pytest.mark.parametrize("to", ["docx", "xlsx"])
def test_no_date_in_office_files(record, to):
    made = table_bytes(table_of(record, "t2"), record.words, to)
    with zipfile.ZipFile(io.BytesIO(made)) as packed:
        assert {one.date_time for one in packed.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        core = packed.read("docProps/core.xml")
    assert b"created" not in core and b"modified" not in core


def test_word_has_a_real_table(record):
    import docx

    document = docx.Document(io.BytesIO(table_bytes(table_of(record, "t2"), record.words, "docx")))
    assert document.paragraphs[0].text == "Two models"
    assert document.paragraphs[0].style.name == "Caption"
    rows = document.tables[0]._tbl.tr_lst
    marked = ["tblHeader" in etree.tostring(row).decode() for row in rows]
    assert marked[:3] == [True, True, False]


# Labels that mean something elsewhere.


@pytest.mark.parametrize("label", [NASTY, LONG, "=1+1", "\x07bell"])
def test_labels_are_printed_and_never_injected(tmp_path, label):
    import docx
    import openpyxl

    spec = spec_of(tmp_path, TWO)
    outcome = spec.outcomes["employed"].model_copy(update={"label": label})
    spec = spec.model_copy(update={"outcomes": {**spec.outcomes, "employed": outcome}})
    record = record_of(spec)
    table = table_of(record, "t2")
    plain = label.replace("\x07", " ")
    made = {to: table_bytes(table, record.words, to) for to in formats()}
    root = etree.HTML(made["html"].decode())
    assert root.xpath("string(//tbody[1]/tr[1]/th)") == plain
    assert not root.xpath("//b | //script")
    first = list(csv.reader(io.StringIO(made["csv"].decode())))[1][0]
    assert first == (f"'{plain}" if plain.startswith("=") else plain)
    sheet = openpyxl.load_workbook(io.BytesIO(made["xlsx"])).active
    held = [cell for line in sheet.iter_rows() for cell in line if cell.value == plain]
    assert held and all(cell.data_type == "s" for cell in held)
    document = docx.Document(io.BytesIO(made["docx"]))
    assert document.tables[0].rows[2].cells[0].text == plain


def test_a_thousand_rows_and_only_failures(record):
    path = next(row for row in record.estimates if row.model_id == "path")
    many = tuple(replace(path, event_time=at) for at in range(1000))
    table = tables_of(replace(record, estimates=many))["further"]
    assert len(table.rows) == 1000
    assert b"longtable" in table_bytes(table, record.words, "tex")
    assert markup(table, record.words).count("<tr") == 1001
    failed = tuple(
        replace(row, estimate=None, status="failed", reason="none") for row in record.estimates[:4]
    )
    table = table_of(replace(record, estimates=failed), "t2")
    assert shown(table, record.words)[0] == ["Employed", "–", "–"]
    for to in ("html", "tex", "csv"):
        assert table_bytes(table, record.words, to)


@pytest.mark.parametrize("long", [False, True])
def test_latex_compiles(tmp_path, record, require, long):
    require("texlive", shutil.which("pdflatex") is not None, "no pdflatex (texlive-latex-base)")
    spec = spec_of(tmp_path, TWO, label=NASTY)
    table = table_of(record_of(spec), "t2")
    if long:
        table = replace(table, blocks=tuple(replace(b, rows=b.rows * 9) for b in table.blocks))
    text = table_bytes(table, record.words, "tex").decode()
    packages = r"\usepackage[T1]{fontenc}\usepackage{array,booktabs,longtable,graphicx}"
    document = rf"\documentclass{{article}}{packages}\begin{{document}}{text}\end{{document}}"
    (tmp_path / "t.tex").write_text(document.replace("% \\use", "%\n% \\use"), encoding="utf-8")
    done = subprocess.run(
        ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "t.tex"],
        cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-2000:]


def test_from_a_notebook(record):
    result = Result(record)
    frame = result.table("t2")
    assert frame.loc[0, "main"] == 0.0066324581
    assert frame.loc[2, ["main", "main (2)"]].tolist() == [-0.0204359487, 0.033700865]
    assert frame.loc[1, "Outcome"] == "Employed, Standard error"
    with pytest.raises(UsageError, match="no table 'mian'; did you mean main"):
        result.table("mian")


def test_the_file_of_a_table(record, tmp_path):
    said = write_table(record, tmp_path, "t2", out=tmp_path / "t2.csv")
    assert said.endswith("t2.csv") and (tmp_path / "t2.csv").read_text().startswith("Outcome,")
    assert "tables" in write_table(record, tmp_path, "main")
    with pytest.raises(UsageError, match=r"--table: no table 'mian'; did you mean main\?"):
        write_table(record, tmp_path, "mian")
    with pytest.raises(UsageError, match="--to: 'pdf' is none of csv, docx"):
        write_table(record, tmp_path, "main", to="pdf")


@pytest.mark.parametrize(
    ("keys", "says"),
    [
        ('columns = ["mian"]', "tables.t.columns: no model or outcome or statistic 'mian'; did "
         "you mean main? (there are: main, path, other, employed, in_education)"),
        ('columns = ["main"]\nrows = ["emplyed"]', "no model or outcome or place 'emplyed'; did "
         "you mean employed?"),
        ('columns = ["main", "employed"]', "tables.t.columns: are models and outcomes"),
        ('columns = ["main"]\nrows = ["path"]', "models stand in columns and rows"),
        ('columns = ["main"]\nfooter = ["n_ob"]', "did you mean n_obs"),
        ('columns = ["main", "main"]', "names 'main' 2 times"),
        ('columns = []', "at least 1 entries"),
        ('columns = [{ label = "x" }]', "give one of model, outcome and statistic"),
        ('columns = ["main"]\npanels = ["other"]', "models stand in columns or rows already"),
        ('columns = ["main"]\nbelow = ["estimate"]', "'estimate' stands in the table itself"),
        ('columns = ["main"]\npanels = [{ title = "A", columns = ["main", "other"] }]',
         "names 2, and the table has 1"),
        ('columns = ["estimate"]\nfooter = ["n_obs"]', "statistics stand in columns"),
    ],
)  # fmt: skip
def test_refused_at_load(tmp_path, keys, says):
    with pytest.raises(SpecError) as found:
        spec_of(tmp_path, f'[[tables]]\nid = "t"\n{keys}\n')
    assert any(says in fault for fault in found.value.faults), found.value.faults


def test_markup_is_sound(record):
    text = markup(table_of(record, "t2"), record.words)
    assert html.unescape(text).count("<caption") == 1
    root = etree.fromstring(text)
    assert {one.get("scope") for one in root.iter("th")} == {"col", "row", "colgroup"}
    assert find_module("openpyxl") is not None
