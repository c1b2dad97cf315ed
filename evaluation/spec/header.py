"""What a spec says of itself before its first key: five headings in the comment at its top."""

from __future__ import annotations

import re
from dataclasses import astuple, dataclass, fields

# As they are written, in their order.
HEADINGS = ("Question", "Estimand", "Identified by", "Broken by", "Reported")
BEGIN = re.compile(rf"#\s*({'|'.join(HEADINGS)})\s+(.*)")


@dataclass(frozen=True, slots=True)
class Header:
    """The five headings; one that is not there is empty.

    Attributes
    ----------
    question
        What is asked.
    estimand
        Of whom and against what.
    identified_by
        What must hold for the answer.
    broken_by
        What would make it wrong.
    reported
        What was published, with its source.
    """

    question: str = ""
    estimand: str = ""
    identified_by: str = ""
    broken_by: str = ""
    reported: str = ""

    @property
    def missing(self) -> tuple[str, ...]:
        """Headings that are not there, or have nothing behind them."""
        pairs = zip(HEADINGS, astuple(self), strict=True)
        return tuple(heading for heading, text in pairs if not text)


def header_of(text: str) -> Header:
    """Return the headings of a spec's text; a line that begins none goes on with the last one.

    Parameters
    ----------
    text
        Of the whole file. Its first lines that are comments are read; directives (``#:``) are
        passed over.
    """
    found: dict[str, list[str]] = {}
    last: list[str] = []
    for line in text.lstrip("\ufeff").splitlines():
        if not line.startswith("#"):
            break
        if line.startswith("#:"):
            continue
        begun = BEGIN.match(line)
        if begun:
            last = found.setdefault(begun[1], [])
        last.append((begun[2] if begun else line.lstrip("#")).strip())
    texts = (" ".join(part for part in found.get(one, []) if part) for one in HEADINGS)
    return Header(**dict(zip((one.name for one in fields(Header)), texts, strict=True)))
