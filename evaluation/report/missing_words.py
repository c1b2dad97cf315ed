"""What a design lacks, as people say it."""

from __future__ import annotations

from evaluation.report.language import Language


def missing_words(word: str, words: Language) -> str:
    """Return what a word of ``spec/missing.py`` stands for."""
    return words.text(f"missing.{word.replace(' ', '_')}")
