"""Languages: same keys, none missing or unused, numbers that parse back, one file for a third."""

from __future__ import annotations

import ast
import csv
import datetime as dt
import re
import shutil
from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from pathlib import Path
from string import Formatter

import pytest

from evaluation.catalogue import catalogue
from evaluation.report import language
from evaluation.report.design_words import design_lines
from evaluation.report.language import Language, language_of, rounded
from evaluation.report.notes import notes_of
from evaluation.report.phrases import known
from evaluation.report.statements import model_statements
from evaluation.spec.loader import read_spec
from evaluation.spec.shipped import find_spec

ROOT = Path(__file__).resolve().parents[2]
CODE = ROOT / "evaluation"
REPORT = CODE / "report"
CODES = catalogue().languages
ENGLISH, NORWEGIAN = language_of("en"), language_of("nb")
# Tables whose texts are found by what they say, see evaluation/report/phrases.py.
SPOKEN = ("assumption", "equation", "estimator", "flow", "message", "remark", "term", "verdict")


def placeholders(text: str) -> set[str]:
    return {name for _, name, *_ in Formatter().parse(text) if name}


@pytest.mark.parametrize("code", CODES)
def test_same_keys_and_placeholders(code):
    other = language_of(code)
    assert set(other.texts) == set(ENGLISH.texts)
    assert {key: len(names) for key, names in other.lists.items()} == {
        key: len(names) for key, names in ENGLISH.lists.items()
    }
    for key, text in ENGLISH.texts.items():
        assert placeholders(other.texts[key]) == placeholders(text), key


@cache
def trees() -> dict[Path, ast.Module]:
    """Return the code of the report, and all other that speaks a language."""
    texts = {path: path.read_text(encoding="utf-8") for path in CODE.rglob("*.py")}
    return {
        path: ast.parse(text)
        for path, text in texts.items()
        if path.is_relative_to(REPORT)
        or any(mark in text for mark in ("words.", "report.language", "Foreseen("))
    }


def strings() -> Iterator[str]:
    """Yield every string of the code, and what f-strings begin with followed by a star."""
    for tree in trees().values():
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield node.value
            if isinstance(node, ast.JoinedStr) and isinstance(node.values[0], ast.Constant):
                yield f"{node.values[0].value}*"
    for page in (REPORT / "templates").glob("*.html"):
        text = page.read_text(encoding="utf-8")
        yield from re.findall(r'"([a-z_0-9.]+)"', text)
        yield from (f"{start}*" for start in re.findall(r'"([a-z_0-9.]+\.)" ?[~+]', text))


def asked_for() -> Iterator[tuple[str, str]]:
    """Yield the keys that code and templates ask for by name, each with its file."""
    for path, tree in trees().items():
        for node in ast.walk(tree):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
                continue
            first = node.args[0] if node.args else None
            said = isinstance(first, ast.Constant) and isinstance(first.value, str)
            if node.func.attr in ("text", "plural") and said:
                for form in ("",) if node.func.attr == "text" else (".one", ".other"):
                    yield f"{first.value}{form}", path.name
    for page in (REPORT / "templates").glob("*.html"):
        text = page.read_text(encoding="utf-8")
        for key in re.findall(r'words\.text\("([^"]+)"[,)]', text):
            yield key, page.name


def test_no_key_is_missing():
    keys = set(ENGLISH.texts)
    assert [(key, file) for key, file in asked_for() if "." in key and key not in keys] == []


def test_no_key_is_unused():
    said = set(strings())
    starts = tuple(
        one[:-1]
        for one in said
        if one.endswith("*") and re.fullmatch(r"[a-z_0-9]+\.[a-z_0-9.]*", one[:-1])
    )
    unused = [
        key
        for key in (*ENGLISH.texts, *ENGLISH.lists)
        if key not in said
        and not key.startswith((*starts, *(f"{table}." for table in SPOKEN)))
        and key.removesuffix(".one").removesuffix(".other") not in said
    ]
    assert unused == []


# Words in the code that are names: of matplotlib, and in the points of a figure.
UNREAD = frozenset({"outside lower left", "after the reform"})
# Written for the terminal and for result files, in English, before any page.
ENGLISH_FILES = frozenset(
    {"across.py", "concordance.py", "reading.py", "rows.py", "tones.py", "locked.py"}
)
SENTENCE = re.compile(r"[A-Za-z]{2,}[,;:]? [a-z]{2,} [a-z]{2,}")


def test_no_sentence_stands_in_the_code_of_the_report():
    """Three words in a row are a sentence; errors, docstrings and markup are no text of pages."""
    found = []
    for path, tree in trees().items():
        if not path.is_relative_to(REPORT) or path.name in ENGLISH_FILES:
            continue
        unread = set()
        for node in ast.walk(tree):
            if isinstance(node, ast.Module | ast.FunctionDef | ast.ClassDef):
                first = node.body[0]
                unread |= {id(first.value)} if isinstance(first, ast.Expr) else set()
            if isinstance(node, ast.Raise):
                unread |= {id(inner) for inner in ast.walk(node)}
        found += [
            f"{path.name}:{node.lineno} {node.value[:60]}"
            for node in ast.walk(tree)
            if isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and id(node) not in unread
            and SENTENCE.search(node.value)
            and "<" not in node.value
            and "{" not in node.value
            and "%" not in node.value[:1]
            and "-src" not in node.value
            and node.value not in UNREAD
        ]
    assert found == []


def numbers_read() -> list[str]:
    """Return numbers of a committed run as its file writes them."""
    file = ROOT / "outputs" / "reference" / "release_at_30" / "estimates.csv"
    with file.open(encoding="utf-8", newline="") as text:
        rows = list(csv.DictReader(text))
    names = ("estimate", "std_error", "conf_low", "conf_high")
    found = [row[name] for row in rows for name in names if row[name]]
    assert len(found) >= 20
    return found


@pytest.mark.parametrize("words", [ENGLISH, NORWEGIAN], ids=lambda one: one.code)
@pytest.mark.parametrize("decimals", [0, 2, 4])
def test_numbers_parse_back(words, decimals):
    for written in numbers_read():
        shown = words.number(float(written), decimals)
        for mark, plain in (("numbers.minus", "-"), ("numbers.decimal", ".")):
            shown = shown.replace(words.texts[mark], plain)
        error = abs(Decimal(shown) - Decimal(written))
        assert error <= Decimal(1).scaleb(-decimals) / 2
        assert len(shown.partition(".")[2]) == decimals


# number, decimals, as rounded: a half of the number as it is written goes away from zero
ROUNDED = [
    (2.675, 2, "2.68"),
    (-0.125, 2, "-0.13"),
    (0.5, 0, "1"),
    (-0.00001, 4, "0.0000"),
    (1e300, 1, f"1{'0' * 300}.0"),
    (float("inf"), 2, "inf"),
    (3, 2, "3.00"),
]


@pytest.mark.parametrize(("value", "decimals", "shown"), ROUNDED)
def test_one_rounding_rule(value, decimals, shown):
    assert rounded(value, decimals) == shown


# how it is asked for, in English, in Norwegian
WRITTEN = [
    (lambda words: words.number(-1234.5, 2), "−1234.50", "−1234,50"),
    (lambda words: words.number(None, 2), "–", "–"),
    (lambda words: words.number(True, 2), "–", "–"),
    (lambda words: words.count(1234567), "1 234 567", "1 234 567"),
    (lambda words: words.count(None), "–", "–"),
    (lambda words: words.percent(0.0534, 1), "5.3\u00a0%", "5,3\u00a0%"),
    (lambda words: words.p_value(0.0004, 3), "< 0.001", "< 0,001"),
    (lambda words: words.p_value(0.05, 3), "0.050", "0,050"),
    (lambda words: words.signed(0.25, 1), "+0.3", "+0,3"),
    (lambda words: words.plain(-0.05), "−0.05", "−0,05"),
    (lambda words: words.interval(-1.0, 2.0, 1), "−1.0 to 2.0", "−1,0 til 2,0"),
    (lambda words: words.date(dt.date(2017, 1, 1)), "1 January 2017", "1. januar 2017"),
    (lambda words: words.period("2017-05"), "May 2017", "mai 2017"),
    (lambda words: words.period("2017Q1"), "1st quarter 2017", "1. kvartal 2017"),
    (lambda words: words.period("2017-05-31"), "31 May 2017", "31. mai 2017"),
    (lambda words: words.period("2017-13"), "2017-13", "2017-13"),
    (lambda words: words.period("12"), "12", "12"),
    (lambda words: words.short_period("2017Q1"), "2017Q1", "2017K1"),
    (lambda words: words.short_period("2017-05"), "2017-05", "2017-05"),
    (lambda words: words.listed(["a", "b", "c"]), "a, b and c", "a, b og c"),
    (lambda words: words.listed(["a", "b"], "or"), "a or b", "a eller b"),
]  # fmt: skip


@pytest.mark.parametrize(("ask", "english", "norwegian"), WRITTEN)
def test_numbers_and_dates(ask, english, norwegian):
    shown = [ask(words).replace("\N{NARROW NO-BREAK SPACE}", " ") for words in (ENGLISH, NORWEGIAN)]
    assert shown == [english, norwegian]


def spec_in(lang: str, name: str = "age_did"):
    path = find_spec(name)
    assert path is not None
    return read_spec(path, catalogue(), settings=[f'lang="{lang}"'])


def test_a_norwegian_reader():
    spec = spec_in("nb")
    assert (
        "reform",
        "1. januar 2017; perioden den faller i og senere perioder er etter reformen",
    ) in (design_lines(spec))
    main = model_statements(spec)[0]
    assert main.estimator == "Toveis faste effekter"
    assert main.equation == (
        "y = β·(behandlet × etter) + hovedeffekter + effekt[muni_h] + effekt[ym] + female'γ + "
        "immigrant'γ + feilledd"
    )
    assert main.assumptions[0][0] == (
        "parallelle trender: uten behandling ville begge gruppene ha utviklet seg likt"
    )
    assert notes_of(spec)[0].startswith("Behandlede og kontroll skiller seg bare i alder")


def test_what_estimators_assume_has_a_text(shipped):
    for spec in shipped:
        for one in model_statements(spec):
            assert known("estimator", one.estimator), one.estimator
            for text, _ in one.assumptions:
                assert known("assumption", text), text


@pytest.fixture(scope="module")
def shipped():
    names = ("age_did", "municipal_adoption", "release_at_30", "prop99", "fuzzy_condition")
    return [read_spec(find_spec(one), catalogue(), settings={"DATA": "d"}) for one in names]


def test_a_third_language_is_one_file(tmp_path, monkeypatch):
    for code in CODES:
        shutil.copy(REPORT / "languages" / f"{code}.toml", tmp_path)
    lines = (REPORT / "languages" / "en.toml").read_text(encoding="utf-8").splitlines()
    marked = [re.sub(r'^([a-z_0-9.]+ = ")(?=.*[a-z]{3})', r"\1~", line) for line in lines]
    (tmp_path / "xx.toml").write_text("\n".join(marked), encoding="utf-8")
    monkeypatch.setattr(language, "FOLDER", tmp_path)
    monkeypatch.setattr("evaluation.catalogue.LANGUAGES", str(tmp_path))
    catalogue.cache_clear()
    language.language_of.cache_clear()
    try:
        assert "xx" in catalogue().languages
        spec = spec_in("xx")
        said = [*design_lines(spec)[0], model_statements(spec)[0].inference, *notes_of(spec)]
        assert all(one.startswith("~") for one in said), said
    finally:
        catalogue.cache_clear()
        language.language_of.cache_clear()


def test_a_key_that_is_not_there_is_an_error():
    with pytest.raises(KeyError, match=r"nothing\.here"):
        Language("en", {}, {}).text("nothing.here")
