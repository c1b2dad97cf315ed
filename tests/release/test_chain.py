"""A chain only grows: torn ends are healed, everything else that is off is refused."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from evaluation.errors import DataError, EnvironmentProblem
from evaluation.release.chain import append_to, read_chain


@pytest.fixture
def chain(tmp_path: Path) -> Path:
    """Return a chain of three lines."""
    path = tmp_path / "folder" / "chain.jsonl"
    for number in range(3):
        append_to(path, {"number": number, "text": "økonomisk"})
    return path


def test_lines_come_back_in_their_order_each_with_the_digest_of_the_one_before(chain: Path) -> None:
    lines = read_chain(chain)
    assert [line["number"] for line in lines] == [0, 1, 2]
    assert lines[0]["previous"] == "0" * 64
    assert [line["previous"] for line in lines[1:]] == [line["digest"] for line in lines[:-1]]


def test_a_missing_file_is_an_empty_chain(tmp_path: Path) -> None:
    assert read_chain(tmp_path / "none.jsonl") == ()


def test_cut_anywhere_it_holds_its_whole_lines_and_grows_on(chain: Path) -> None:
    whole = chain.read_bytes()
    for size in range(0, len(whole), 7):
        chain.write_bytes(whole[:size])
        kept = whole[:size].count(b"\n")
        assert [line["number"] for line in read_chain(chain)] == [0, 1, 2][:kept]
        append_to(chain, {"number": 9})
        assert [line["number"] for line in read_chain(chain)] == [*[0, 1, 2][:kept], 9]


@pytest.mark.parametrize(
    ("spoil", "line"),
    [
        (lambda lines: [lines[0].replace(b'"number": 0', b'"number": 7'), *lines[1:]], 1),
        (lambda lines: [lines[0], lines[2]], 2),
        (lambda lines: [lines[1], lines[0], lines[2]], 1),
        (lambda lines: [lines[0], b"{}\n", *lines[1:]], 2),
        (lambda lines: [*lines[:2], b"not json\n"], 3),
        (lambda lines: [*lines, lines[2]], 4),
    ],
)
def test_changed_removed_moved_or_added_lines_are_refused(chain: Path, spoil, line: int) -> None:  # type: ignore[no-untyped-def]
    lines = chain.read_bytes().splitlines(keepends=True)
    chain.write_bytes(b"".join(spoil(lines)))
    before = chain.read_bytes()
    with pytest.raises(DataError, match=f"line {line} is not as it was written; restore"):
        append_to(chain, {"number": 3})
    assert chain.read_bytes() == before


def test_a_full_disk_leaves_the_chain_as_it_was(
    chain: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = chain.read_bytes()
    write = os.write

    def full(handle: int, content: bytes) -> int:
        if len(content) > 20:
            return write(handle, content[:20])
        raise OSError(28, "No space left on device")

    # The first piece is taken, and then no more.
    calls = iter([full, lambda handle, content: full(handle, b"")])
    monkeypatch.setattr(os, "write", lambda handle, content: next(calls)(handle, content))
    with pytest.raises(EnvironmentProblem, match="No space left on device"):
        append_to(chain, {"number": 3})
    monkeypatch.undo()
    assert chain.read_bytes() == before
