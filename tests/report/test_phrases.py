"""What other layers say in English, said in another language clause by clause."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path
from string import Formatter

import pytest

from evaluation.catalogue import catalogue
from evaluation.checks.registry import check, check_names
from evaluation.estimators.registry import estimator, estimator_names
from evaluation.report.language import language_of
from evaluation.report.phrases import equation_words, known, message_words, numbers_in, said
from evaluation.report.step_words import step_words
from evaluation.report.words import outcome_label, verdict_words
from evaluation.spec.loader import read_spec
from evaluation.spec.shipped import find_spec

CODE = Path(__file__).resolve().parents[2] / "evaluation"
ENGLISH, NORWEGIAN = language_of("en"), language_of("nb")

# English message, Norwegian; the second is the first where a clause has no text
MESSAGES = [
    (
        "power 9% against a drift of 0.0034 a period",
        "styrke 9 % mot en drift på 0,0034 per periode",
    ),
    (
        "90 % interval \N{MINUS SIGN}3.86 to 7.06 per condition against bounds of ±0.05; the first "
        "stage, 0.0042, is taken as known",
        "90 %-intervall \N{MINUS SIGN}3,86 til 7,06 per vilkår mot grenser på ±0,05; første trinn, "
        "0,0042, tas som kjent",
    ),
    (
        "estimate 0.0066; control at least 32: 0.0096; the last differs by -0.0004 (standard error "
        "0.0099); power 28% against 0.014, one standard error",
        "estimat 0,0066; kontroll minst 32: 0,0096; den siste avviker med \N{MINUS SIGN}0,0004 "
        "(standardfeil 0,0099); styrke 28 % mot 0,014, én standardfeil",
    ),
    ("estimate 0.0066; the moon is full", "estimate 0.0066; the moon is full"),
    ("jumps and falls by 0.1 (standard error 0.2)", "jumps and falls by 0.1 (standard error 0.2)"),
    ("", ""),
]


@pytest.mark.parametrize(("english", "norwegian"), MESSAGES)
def test_messages(english, norwegian):
    assert message_words(english, NORWEGIAN) == norwegian
    assert message_words(english, ENGLISH) == english


# text, with Norwegian numbers: names, dates and spans of ages stay
NUMBERS = [
    ("-0.05", "\N{MINUS SIGN}0,05"),
    ("at event time -3", "at event time \N{MINUS SIGN}3"),
    ("from 2016-07-01", "from 2016-07-01"),
    ("ages 30-34", "ages 30-34"),
    ("5.37e-05", "5,37e\N{MINUS SIGN}05"),
    ("col_1.5x", "col_1.5x"),
    ("(0.05).", "(0,05)."),
    ("83.3% of rows", "83,3\N{NO-BREAK SPACE}% of rows"),
]


@pytest.mark.parametrize(("text", "norwegian"), NUMBERS)
def test_numbers_inside_text(text, norwegian):
    assert numbers_in(text, NORWEGIAN) == norwegian


def test_columns_of_an_equation_keep_their_names():
    equation = "y = β·treated + effect[cohort] + error"
    assert equation_words(equation, NORWEGIAN, ()) == "y = β·behandlet + effekt[kohort] + feilledd"
    assert equation_words(equation, NORWEGIAN, ("cohort", "treated")) == (
        "y = β·treated + effekt[cohort] + feilledd"
    )
    assert equation_words(equation, ENGLISH, ()) == equation


def test_every_estimator_and_assumption_of_a_check_has_a_text():
    for name in estimator_names():
        assert known("estimator", estimator(name).TITLE), name
    for name in check_names():
        assert known("assumption", check(name).ASSUMPTION), name


@cache
def stated() -> str:
    """Return every string of the layers that speak English alone, one a line."""
    parts = []
    for folder in ("checks", "estimators", "data", "cells", "spec"):
        for path in (CODE / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    parts.append(node.value)
    return "\n".join(parts)


# Made of two words by the code: a side with a limit, a noun with what it does. Or said through the
# language file alone.
COMPOSED = frozenset({"message.blind_run", "message.control_at_least", "message.slope_by"})


@pytest.mark.slow
def test_no_phrase_is_stale():
    """Three words of every phrase stand beside each other in the code that says it."""
    code, stale = stated(), []
    for table in ("assumption", "message", "remark", "verdict"):
        for key, text in ENGLISH.texts.items():
            if not key.startswith(f"{table}.") or key in COMPOSED:
                continue
            literals = [literal for literal, *_ in Formatter().parse(text)]
            longest = max(literals, key=len).strip(" ;:,()%").split()
            size = min(3, len(longest))
            runs = [" ".join(longest[at : at + size]) for at in range(len(longest) - size + 1)]
            if not any(run in code or run.replace(" ", "_") in code for run in runs):
                stale.append(key)
    assert stale == []


def test_steps_and_labels():
    path = find_spec("age_did")
    spec = read_spec(path, catalogue(), settings=['lang="nb"'])
    assert step_words(spec, "keep age_months at least 300 and below 420") == (
        "beholdt: age_months minst 300 og under 420"
    )
    assert step_words(spec, "drop periods 2016-07-01 to 2016-12-31") == (
        "utelatte perioder: 1. juli 2016 til 31. desember 2016"
    )
    assert step_words(spec, "rows read") == "rader lest"
    assert step_words(spec, "something new") == "something new"
    english = read_spec(path, catalogue())
    assert step_words(english, "window 2013-01-01 to 2019-12-31") == (
        "window 2013-01-01 to 2019-12-31"
    )


def test_verdicts():
    assert verdict_words("not_ruled_out", NORWEGIAN) == "ikke utelukket"
    assert verdict_words("includes zero at M = 0.5", NORWEGIAN) == "omfatter null ved M = 0,5"
    assert verdict_words("not_ruled_out", ENGLISH) == "not ruled out"
    assert verdict_words("a new verdict", NORWEGIAN) == "a new verdict"
    assert said("term", "cs and imputed", NORWEGIAN) == "cs og imputed"


# label in the spec, language, what pages say
LABELS = [
    ({"en": "In work", "nb": "I arbeid"}, "en", "In work"),
    ({"en": "In work", "nb": "I arbeid"}, "nb", "I arbeid"),
    ("In work", "nb", "In work"),
    (None, "nb", "sysselsatt"),
    (None, "en", "employed"),
]


@pytest.mark.parametrize(("label", "lang", "shown"), LABELS)
def test_labels_by_language(label, lang, shown):
    spec = read_spec(find_spec("age_did"), catalogue())
    outcome = spec.outcomes["employed"].model_copy(update={"label": label})
    other = spec.model_copy(update={"lang": lang, "outcomes": {"employed": outcome}})
    assert outcome_label(other, "employed") == shown
    ahead = other.model_copy(update={"outcomes": {"employed@12": outcome}})
    months = {"en": "12 months ahead", "nb": "12 måneder senere"}[lang]
    assert outcome_label(ahead, "employed@12") == f"{shown}, {months}"
