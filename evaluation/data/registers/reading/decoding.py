"""Text in any encoding and with any line breaks, as UTF-8 that DuckDB reads."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile

from evaluation.errors import DataError

_BLOCK = 1 << 22
_UTF8 = frozenset({"utf-8", "utf-8-sig", "ascii"})
_LATIN = "iso8859-1"


@dataclass
class _Seen:
    """What a look through the bytes of a file shows."""

    size: int = 0
    ascii: bool = True
    utf8: bool = True
    zero: bool = False
    returns: int = 0  # \r
    pairs: int = 0  # \r\n
    feeds: int = 0  # \n
    last: bytes = b""


def plain_copy(path: Path, encoding: str, whole: bool, spill: Path) -> Path:
    r"""Return the file itself where it is UTF-8 with even line breaks, else such a copy of it.

    Parameters
    ----------
    path
        The file.
    encoding
        Its encoding, by any name that Python knows.
    whole
        Whether it must end with a line break.
    spill
        Folder of the copy.

    Raises
    ------
    DataError
        For an unknown encoding, a file in another, empty, with zero bytes, or cut off.
    """
    codec = _codec(encoding)
    wide = codec.startswith(("utf-16", "utf-32"))
    seen = _look(path)
    if seen.size == 0:
        raise DataError("is empty; deliver it again, with a line of names at least")
    if seen.zero and not wide:
        raise DataError(
            "holds zero bytes, so it is not text of the encoding said; deliver it again"
        )
    if codec in _UTF8 and not seen.utf8:
        raise DataError(f'is not {encoding}; set reading.encoding, such as "latin-1"')
    if codec == _LATIN and seen.utf8 and not seen.ascii:
        raise DataError(f'is not {encoding} but utf-8; set reading.encoding = "utf-8"')
    if whole and not wide and seen.last not in b"\r\n":
        raise DataError(
            "does not end with a line break, so it may be cut off; deliver it whole, or end its "
            "last line"
        )
    even = seen.returns == 0 or seen.returns == seen.pairs == seen.feeds
    if (codec in _UTF8 or (seen.ascii and not wide)) and even:
        return path
    return _copied(path, "utf-8-sig" if codec in _UTF8 else codec, spill)


def _codec(encoding: str) -> str:
    try:
        found = codecs.lookup(encoding)
        "".encode(encoding)
    except (LookupError, ValueError):
        raise DataError(
            f'is read as "{encoding[:40]}", which is no encoding of text; write "utf-8", '
            '"latin-1" or "cp1252"'
        ) from None
    return found.name


def _look(path: Path) -> _Seen:
    seen, decoder = _Seen(), codecs.getincrementaldecoder("utf-8")()
    before = b""
    for block in _blocks(path):
        seen.size += len(block)
        seen.zero = seen.zero or b"\0" in block
        seen.feeds += block.count(b"\n")
        returns = block.count(b"\r")
        if returns or before == b"\r":
            seen.returns += returns
            seen.pairs += (before + block).count(b"\r\n")
        before = block[-1:]
        if block.isascii() and seen.ascii:
            continue
        seen.ascii = False
        seen.utf8 = seen.utf8 and _decodes(decoder, block)
    seen.utf8 = seen.utf8 and _decodes(decoder, b"", final=True)
    seen.last = before
    return seen


def _decodes(decoder: codecs.IncrementalDecoder, block: bytes, final: bool = False) -> bool:
    try:
        decoder.decode(block, final)
    except UnicodeDecodeError:
        return False
    return True


def _blocks(path: Path) -> Iterator[bytes]:
    try:
        with path.open("rb") as file:
            while block := file.read(_BLOCK):
                yield block
    except OSError as error:
        raise DataError(
            f"cannot be read ({error.strerror or type(error).__name__}); check its permissions"
        ) from None


def _copied(path: Path, codec: str, spill: Path) -> Path:
    """Write the text as UTF-8 with one kind of line break."""
    spill.mkdir(parents=True, exist_ok=True)
    try:
        with (
            path.open("r", encoding=codec, newline=None) as text,
            NamedTemporaryFile(
                "w", encoding="utf-8", newline="\n", suffix=".csv", dir=spill, delete=False
            ) as copy,
        ):
            while block := text.read(_BLOCK):
                copy.write(block)
    except UnicodeError:
        raise DataError(f"is not {codec}; set reading.encoding to what it is written in") from None
    return Path(copy.name)
