"""What the files of a folder show by their names and headers."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from evaluation.data.registers.drafting.sample import Sample, sample_of
from evaluation.data.registers.drafting.typed import typed_sample
from evaluation.data.registers.located import ENDINGS
from evaluation.data.registers.shapes.contract import Look
from evaluation.errors import DataError

_TEXTS = (".csv", ".txt", ".dat", ".tsv")
_DEEPEST = 3
_YEAR = re.compile(r"[ _-]*(19|20)\d{2}([ _-]?\d{2})?$")


@dataclass(frozen=True, slots=True)
class Seen:
    """A file or files that one entry may name.

    Attributes
    ----------
    look
        Names.
    samples
        Of its first files.
    """

    look: Look
    samples: tuple[Sample, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """What a folder holds.

    Attributes
    ----------
    seen
        Files that could be looked at, in the order of their names.
    unread
        Files that could not, from the folder.
    """

    seen: tuple[Seen, ...]
    unread: tuple[str, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class _Head:
    path: Path
    columns: tuple[str, ...]
    sample: Sample


def look_through(folder: Path) -> Found:
    """Return the files of a folder; those of one folder inside it, or of several years, as one.

    Raises
    ------
    DataError
        Where there is no such folder, or no file in it that could be read.
    """
    if not folder.is_dir():
        raise DataError(f"{folder.name}: is no folder; give the folder that holds the files")
    seen: list[Seen] = []
    unread: list[str] = []
    for inner, paths in _by_folder(folder):
        heads = []
        for path in paths:
            head = _head(path)
            if head is None:
                unread.append(path.relative_to(folder).as_posix())
            else:
                heads.append(head)
        seen += _grouped(folder, inner, heads)
    if not seen:
        raise DataError(
            f"{folder.name}: holds no file that can be read ({', '.join(ENDINGS)}), or none that "
            "is whole"
        )
    return Found(tuple(_told_apart(seen)), tuple(unread))


def _told_apart(seen: Sequence[Seen]) -> Iterable[Seen]:
    """Yield files with names of their own: years whose columns differ share one."""
    names: Counter[str] = Counter()
    for one in seen:
        names[one.look.name] += 1
        at = names[one.look.name]
        look = replace(one.look, name=f"{one.look.name}_{at}") if at > 1 else one.look
        yield replace(one, look=look)


def _by_folder(folder: Path) -> Iterable[tuple[Path, list[Path]]]:
    inside = [one for depth in range(_DEEPEST) for one in folder.glob("*/" * depth + "*")]
    files = sorted(one for one in inside if one.is_file() and one.suffix.lower() in ENDINGS)
    for parent in sorted({one.parent for one in files}):
        yield parent, [one for one in files if one.parent == parent]


def _head(path: Path) -> _Head | None:
    """Return what a file shows; ``None`` where it cannot be read, or named in a mapping."""
    if not path.name.isprintable():
        return None
    try:
        text = path.suffix.lower() in _TEXTS
        sample = sample_of(path) if text else typed_sample(path)
    except OSError:
        return None
    return None if sample is None else _Head(path, sample.header, sample)


def _grouped(root: Path, inner: Path, heads: Sequence[_Head]) -> list[Seen]:
    """Put the parts of a folder, or the years of a file, together where their columns are alike."""
    groups: dict[tuple[str, ...], list[_Head]] = {}
    for head in heads:
        base = _YEAR.sub("", head.path.stem) if inner == root else ""
        groups.setdefault((head.path.suffix.lower(), base, *sorted(head.columns)), []).append(head)
    return [_seen(root, inner, group, len(heads) == len(group)) for group in groups.values()]


def _seen(root: Path, inner: Path, group: Sequence[_Head], all_of_folder: bool) -> Seen:
    first = group[0]
    names = [head.path.relative_to(root).as_posix() for head in group]
    file: str | tuple[str, ...] = names[0] if len(names) == 1 else tuple(names)
    name = names[0].removesuffix(first.path.suffix)
    if inner != root and all_of_folder:
        name = inner.relative_to(root).as_posix()
        file = f"{name}/*{first.path.suffix}"
    elif inner == root and len(names) > 1:
        name = _YEAR.sub("", first.path.stem)
    samples = tuple(head.sample for head in group[:8])
    headed = bool(samples[0].header)
    width = 0 if headed else samples[0].width
    return Seen(Look(file, name.lower(), first.columns, headed, width), samples)
