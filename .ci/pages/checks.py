"""The page of checks, made from their own files."""

from __future__ import annotations

from collections.abc import Iterator

from pages.branch import own_keys, prose

from evaluation.checks.contract import CheckModule
from evaluation.checks.registry import check, check_names

TITLE = "Checks"
HEAD = """\
One identifying assumption a file, in `evaluation/checks/`. A verdict is never "pass": it says \
what was not detected, and with which power. What the words of verdicts mean: \
[results](../results.md#checkscsv)."""


def text() -> str:
    """Return the page."""
    lines = [HEAD]
    for name in check_names():
        lines += ["", f"## {name}", "", *_one(name, check(name))]
    return "\n".join(lines)


def _one(name: str, module: CheckModule) -> Iterator[str]:
    yield f"**{module.TITLE}.** {prose(module.__doc__)}"
    yield ""
    yield f"- Speaks to: {module.ASSUMPTION}"
    yield f"- Source: {module.SOURCE}"
    yield ""
    yield from own_keys("CheckRequest", "kind", name)
