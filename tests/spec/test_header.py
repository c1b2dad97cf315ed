"""The five headings at the top of a spec are read as they are written."""

from __future__ import annotations

from evaluation.spec.header import HEADINGS, Header, header_of

WHOLE = """#:schema ../spec.schema.json
# Question      Did it work?
# Estimand      Effect on the young.
# Identified by others that would
#               have moved alike.
# Broken by     shocks: of Question marks, too.
# Reported      No figure of this study was read.

# Question      of nobody
id = "x"
"""


def test_headings_are_read_with_their_further_lines() -> None:
    found = header_of(WHOLE)
    assert found.question == "Did it work?"
    assert found.identified_by == "others that would have moved alike."
    assert found.broken_by == "shocks: of Question marks, too."
    assert found.missing == ()


def test_what_is_not_there_is_named() -> None:
    text = WHOLE.replace("# Broken by     shocks: of Question marks, too.\n", "")
    assert header_of(text).missing == ("Broken by",)
    assert header_of(WHOLE.replace("Did it work?", "")).missing == ("Question",)
    assert header_of('id = "x"\n# Question      Too late?\n') == Header()
    assert header_of("").missing == HEADINGS


def test_a_byte_order_mark_hides_nothing() -> None:
    assert header_of(f"\ufeff{WHOLE}") == header_of(WHOLE)
