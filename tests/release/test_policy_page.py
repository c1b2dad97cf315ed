"""docs/disclosure.md says of policies what their files say."""

from __future__ import annotations

from tests.release.policy_page import BEGIN, END, PAGE, policy_table, with_table


def test_the_table_is_that_of_the_files() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert page.count(BEGIN) == page.count(END) == 1
    assert page == with_table(page), "run python -m tests.release.policy_page"


def test_the_table_says_what_policies_say() -> None:
    lines = policy_table().splitlines()
    assert lines[0].startswith("| rule | `acro` | `microdata_no` | `none` | `opensafely` |")
    support = next(line for line in lines if line.startswith("| `[support]`"))
    assert support.count("|") == lines[0].count("|")
    assert "10 units a coefficient" in support.split("|")[6]
    assert not "".join(support.split("|")[2:6]).strip(), "no other regime looks at it"
