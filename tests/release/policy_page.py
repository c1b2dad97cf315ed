"""The table of policies in docs/disclosure.md, made from the policy files.

``python -m tests.release.policy_page`` from the project's folder writes it anew.
"""

from __future__ import annotations

from pathlib import Path

from evaluation.release.policy import policy_of
from evaluation.release.rules.registry import rules
from evaluation.spec.policy_files import policy_names

PAGE = Path(__file__).resolve().parents[2] / "docs" / "disclosure.md"
BEGIN, END = "<!-- policies: made from the files -->", "<!-- end of policies -->"


def policy_table() -> str:
    """Return the table: a line a rule, a column a policy, empty where it has none."""
    policies = [policy_of(name) for name in policy_names()]
    lines = [
        ["rule", *(f"`{one.name}`" for one in policies)],
        ["---"] * (len(policies) + 1),
        ["whose", *(one.head.title for one in policies)],
        ["persons who must look at what is for review", *(f"{p.head.checkers}" for p in policies)],
        ["what leaves is labelled", *(f"{one.head.sensitivity}" for one in policies)],
    ]
    for key, rule in rules().items():
        limits = [one.limits.get(key) for one in policies]
        shown = ["" if one is None else rule.words(one) for one in limits]
        lines.append([f"`[{key}]` {rule.TITLE}", *shown])
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def with_table(page: str) -> str:
    """Return the page with its table made anew."""
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n\n{policy_table()}\n\n{END}{after}"


if __name__ == "__main__":
    PAGE.write_text(with_table(PAGE.read_text(encoding="utf-8")), encoding="utf-8", newline="\n")
