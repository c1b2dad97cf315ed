"""The page of disclosure policies, made from their files."""

from __future__ import annotations

from evaluation.release.policy import policy_of
from evaluation.release.rules.registry import rules
from evaluation.spec.policy_files import policy_names

TITLE = "Policies"
HEAD = """\
One policy a file, in `specs/policies/`; a `policies/` folder beside a spec wins. How policies are \
applied: [disclosure](../disclosure.md)."""


def text() -> str:
    """Return the page."""
    lines = [HEAD]
    for name in policy_names():
        policy = policy_of(name)
        lines += [
            "",
            f"## {name}",
            "",
            f"**{policy.head.title}.** Persons who must look at what is for review: "
            f"{policy.head.checkers}. What leaves is labelled {policy.head.sensitivity}.",
            "",
            "| rule | here |",
            "|---|---|",
        ]
        for key, rule in rules().items():
            limit = policy.limits.get(key)
            if limit is not None:
                lines.append(f"| `[{key}]` {rule.TITLE} | {rule.words(limit)} |")
    return "\n".join(lines)
