"""Say in another language what other layers say in English: their sentences are matched by concept.

Estimators, checks and the data layers know no languages. What they state is English, word for word
a text of the English file with its names and numbers filled in; that text is found here, and said
again. The decision is docs/decisions/0019-languages.md.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import cache
from string import Formatter

from evaluation.report.language import DEFAULT, Language, language_of

# A number by itself: no part of a name, a date or a span of ages.
NUMBER = re.compile(r"(?<![\w.,-])-?\d+(?:\.\d+)?(?:e[-+]\d+)?(?!\w|[.-]\d)%?")


# Placeholders of messages that hold bounds and their units, which have texts of their own.
UNITS = frozenset({"unit", "bounds"})
# What parts the clauses of a message.
CLAUSE = re.compile(r"(; |: )")
# What may stand in the place of a placeholder: anything inside one clause.
VALUE = r"(?:(?!; |: ).)+?"
# In a message it is a number, but for these: else half a clause would be taken for a value.
NUMERIC = r"[-+\N{MINUS SIGN}]?\d+(?:\.\d+)?(?:e[-+]?\d+)?%?"
NAMES = r"\w+(?:, \w+)*"
TEXTS = UNITS | {"name", "rules", "date", "own", "other", "items", "first", "last"}


def said(section: str, text: str, words: Language) -> str:
    """Return an English text of another layer in the words of a language.

    Parameters
    ----------
    section
        Table of the language file in which its concept stands.
    text
        What is said, in English.
    words
        The language; English says the text as it is, and so does a text without a concept.
    """
    if words.code == DEFAULT:
        return text
    for key, pattern in _patterns(section):
        found = pattern.fullmatch(text)
        if found is not None:
            values = found.groupdict()
            return words.text(key, **{name: _value(name, values[name], words) for name in values})
    return text


def _value(name: str, value: str, words: Language) -> str:
    """Return what stands in the place of a placeholder in a language: numbers, and units."""
    spoken = said("bound", value, words) if name in UNITS else value
    return numbers_in(spoken, words) if spoken == value else spoken


def known(section: str, text: str) -> bool:
    """Whether an English text of another layer has a concept, and so is said in every language."""
    return bool(concept_of(section, text))


def concept_of(section: str, text: str) -> str:
    """Return the key of an English text of another layer in a section; empty without a concept."""
    keys = (key for key, pattern in _patterns(section) if pattern.fullmatch(text))
    return next(keys, "")


def message_words(message: str, words: Language) -> str:
    """Return a message of a check in a language: as a whole, else clause by clause.

    A message one clause of which has no text stays in English as a whole: half of each would be
    worse than either.
    """
    whole = said("message", message, words)
    if words.code == DEFAULT or whole != message:
        return whole
    clauses = CLAUSE.split(message)
    if not all(_sayable(one) for one in clauses[::2]):
        return message
    return "".join(_clause(one, words) for one in clauses)


def _sayable(clause: str) -> bool:
    return NUMBER.fullmatch(clause) is not None or known("message", clause)


def _clause(clause: str, words: Language) -> str:
    """Return a clause, or what parts two, in a language."""
    return said("message", clause, words) if known("message", clause) else numbers_in(clause, words)


def equation_words(equation: str, words: Language, columns: Collection[str]) -> str:
    """Return an equation with its words in a language; symbols and columns stay as they are."""
    if words.code == DEFAULT:
        return equation
    phrases = _phrases("equation")

    def _said(found: re.Match[str]) -> str:
        here = found.group()
        return here if here in columns else words.text(phrases[here])

    return _any_of(tuple(phrases)).sub(_said, equation)


def numbers_in(text: str, words: Language) -> str:
    """Return a text whose numbers have the decimal sign and the minus of a language."""
    marks = {".": words.texts["numbers.decimal"], "-": words.texts["numbers.minus"]}

    def _written(found: re.Match[str]) -> str:
        number = "".join(marks.get(one, one) for one in found.group().removesuffix("%"))
        share = found.group().endswith("%")
        return words.text("numbers.percent", value=number) if share else number

    return NUMBER.sub(_written, text)


@cache
def _patterns(section: str) -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Return the texts of a section as patterns, those with most words of their own first."""
    found = [(key, text) for text, key in _phrases(section).items()]
    found.sort(key=lambda one: -sum(len(part) for part, *_ in Formatter().parse(one[1])))
    return tuple((key, _pattern(text, section)) for key, text in found)


def _phrases(section: str) -> dict[str, str]:
    """Return the keys of a section of the English file by their text."""
    texts = language_of(DEFAULT).texts
    return {text: key for key, text in texts.items() if key.startswith(f"{section}.")}


def _pattern(text: str, section: str) -> re.Pattern[str]:
    """Return what matches a text with anything in the place of its placeholders."""
    seen: set[str] = set()
    parts = []
    for literal, name, *_ in Formatter().parse(text):
        parts.append(re.escape(literal))
        value = _value_of(section, name)
        if name is not None:
            parts.append(f"(?P={name})" if name in seen else f"(?P<{name}>{value})")
            seen.add(name)
    return re.compile("".join(parts), re.DOTALL)


def _value_of(section: str, name: str | None) -> str:
    """Return what a placeholder of a section may hold, as a pattern."""
    if name in ("one", "another"):
        return NAMES
    return NUMERIC if section == "message" and name not in TEXTS else VALUE


@cache
def _any_of(phrases: tuple[str, ...]) -> re.Pattern[str]:
    longest = sorted(phrases, key=len, reverse=True)
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, longest))})(?!\w)")
