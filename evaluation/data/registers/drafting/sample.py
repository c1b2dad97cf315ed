"""A few lines of a text file: enough to see how it is written; none of them is ever shown."""

from __future__ import annotations

import codecs
import csv
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

_BLOCK = 1 << 16
_SEPARATORS = (";", "\t", ",", "|")
_NAME = re.compile(r"[^\W\d][\w .%/-]*")
_BREAK = re.compile(r"\r\n|\r|\n")
_PREFIXED = re.compile(r"^w\d{2}_\d{4}_", re.IGNORECASE)
_MOST_DIGITS = 5  # in the name of a column; a key has more


@dataclass(frozen=True, slots=True)
class Sample:
    """How a text file is written.

    Attributes
    ----------
    encoding
        ``utf-8`` or ``latin-1``.
    separator
        One character; empty where fields are not parted.
    header
        Names in the first line; empty where it holds none.
    width
        Characters of every line where fields are not parted and all are as long; else 0.
    values
        Some values of each column by its name, or by its place where there are no names.
    """

    encoding: str
    separator: str
    header: tuple[str, ...]
    width: int = 0
    values: Mapping[str, Sequence[str]] = field(default_factory=dict)


def sample_of(path: Path) -> Sample:
    """Look at the first, a middle and the last lines of a text file."""
    blocks = _blocks(path)
    encoding = "utf-8" if all(_is_utf8(block) for block in blocks) else "latin-1"
    text = [
        block.decode("utf-8-sig" if encoding == "utf-8" else encoding, "ignore") for block in blocks
    ]
    lines = [_BREAK.split(one) for one in text]
    # A block may begin and end inside a line.
    whole = [line for at, one in enumerate(lines) for line in one[1 if at else 0 : len(one) - 1]]
    whole = [line for line in whole or (lines[0] if lines else []) if line.strip()]
    if not whole:
        return Sample(encoding, "", ())
    separator = _separator(whole)
    lengths = {len(line) for line in whole}
    width = max(lengths) if not separator and len(lengths) == 1 else 0
    rows = list(csv.reader(whole, delimiter=separator)) if separator else [[one] for one in whole]
    first = [name.strip() for name in rows[0]]
    header = tuple(first) if all(_is_name(name) for name in first) else ()
    names = header or tuple(str(at) for at in range(len(first)))
    rows = [row for row in rows[1 if header else 0 :] if len(row) == len(names)]
    values = {name: [row[at].strip() for row in rows] for at, name in enumerate(names)}
    return Sample(encoding, separator, header, width, values)


def _blocks(path: Path) -> list[bytes]:
    size = path.stat().st_size
    with path.open("rb") as file:
        blocks = [file.read(_BLOCK)]
        for start in (size // 2, size - _BLOCK):
            if start > _BLOCK:
                file.seek(start)
                blocks.append(file.read(_BLOCK))
    return blocks


def _is_utf8(block: bytes) -> bool:
    """Whether a block is UTF-8, but for a character that its ends may cut."""
    begun = 0
    while begun < min(3, len(block)) and block[begun] & 0xC0 == 0x80:
        begun += 1
    try:
        codecs.getincrementaldecoder("utf-8")().decode(block[begun:])
    except UnicodeDecodeError:
        return False
    return True


def _separator(lines: Sequence[str]) -> str:
    """Return the character that parts the first line most, and every line as often."""
    counts = {one: [line.count(one) for line in lines[:200]] for one in _SEPARATORS}
    even = [one for one, found in counts.items() if found[0] and len(set(found)) == 1]
    some = even or [one for one, found in counts.items() if found[0]]
    return max(some, key=lambda one: counts[one][0], default="")


def _is_name(text: str) -> bool:
    """Whether a field of a first line can be a column's name, and is no key or value."""
    digits = sum(one.isdigit() for one in _PREFIXED.sub("", text))
    return bool(_NAME.fullmatch(text)) and digits <= _MOST_DIGITS
