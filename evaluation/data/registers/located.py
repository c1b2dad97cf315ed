"""Files of a delivery, inside the folders that may be read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from evaluation.data.registers.mapping import Delivery, TableMapping
from evaluation.errors import DataError, SpecError
from evaluation.spec.faults import nearest
from evaluation.spec.origin import Origin
from evaluation.spec.paths import own_tree, resolve

ENDINGS = (".csv", ".txt", ".dat", ".tsv", ".parquet", ".dta", ".sas7bdat")


@dataclass(frozen=True, slots=True)
class Located:
    """Where the files of a delivery lie.

    Attributes
    ----------
    folder
        The delivery's.
    files
        By entry of the mapping, in the order of their names; one format an entry.
    correspondence
        Of municipality codes, where the mapping names one.
    """

    folder: Path
    files: Mapping[str, tuple[Path, ...]]
    correspondence: Path | None = None


def origin_of(path: Path, origin: Origin) -> Origin:
    """Return where paths of the mapping at ``path`` start, and may lead.

    Its own tree is declared as the spec's is: the spec names the mapping, or its folder is filled
    into ``${NAME}``.
    """
    allowed = (*origin.allowed, own_tree(origin.folder))
    return Origin(folder=path.parent, values=origin.values, allowed=allowed)


def located(delivery: Delivery, path: Path, origin: Origin) -> Located:
    """Return the files of every entry of the mapping at ``path``.

    Raises
    ------
    SpecError
        For an unset ``${NAME}`` or a path outside the declared folders.
    DataError
        For files that are not there, or of several formats in one entry.
    """
    own = origin_of(path, origin)
    paths, missing = file_faults(delivery, own)
    if paths:
        raise SpecError(*(f"{path.name}: {line}" for line in paths))
    if missing:
        raise DataError(*(f"{path.name}: {line}" for line in missing))
    files = {
        entry: tuple(
            part
            for text in _texts(one)
            for part in _parts(resolve(_joined(delivery.folder, text), own, entry))
        )
        for entry, one in delivery.tables.items()
    }
    named = delivery.municipalities.correspondence
    correspondence = None if named is None else resolve(_joined(delivery.folder, named), own, named)
    return Located(resolve(delivery.folder, own, "folder"), files, correspondence)


def file_faults(delivery: Delivery, origin: Origin) -> tuple[list[str], list[str]]:
    """Return lines of paths that may not be read, and of files that are not there.

    Parameters
    ----------
    delivery
        The mapping.
    origin
        As ``origin_of`` returns it.
    """
    try:
        folder = resolve(delivery.folder, origin, "folder")
    except SpecError as error:
        return list(error.faults), []
    if not folder.is_dir():
        return [], [f"folder: {delivery.folder!r} is no folder; name the one that holds the files"]
    there = sorted(_names(folder))
    paths: list[str] = []
    missing: list[str] = []
    for where, text, plain in _named(delivery):
        try:
            found = resolve(_joined(delivery.folder, text), origin, where)
        except SpecError as error:
            paths.extend(error.faults)
            continue
        missing.extend(_fault(where, text, found, plain, there))
    missing += _mixed(delivery, origin) if not paths and not missing else []
    return paths, missing


def _named(delivery: Delivery) -> Iterable[tuple[str, str, bool]]:
    """Return key, text and whether it must be one plain file."""
    for entry, one in delivery.tables.items():
        for text in _texts(one):
            yield f"tables.{entry}.file", text, False
    if delivery.municipalities.correspondence is not None:
        yield "municipalities.correspondence", delivery.municipalities.correspondence, True


def _texts(mapping: TableMapping) -> tuple[str, ...]:
    return (mapping.file,) if isinstance(mapping.file, str) else mapping.file


def _joined(folder: str, text: str) -> str:
    """Return the path from the mapping's folder; what begins with ``${NAME}`` stands alone."""
    if text.startswith("${") or folder in ("", ".") or Path(text).is_absolute():
        return text
    return f"{folder.rstrip('/')}/{text}"


def _parts(path: Path) -> list[Path]:
    """Return the files of a path, of a folder of parts, or of a pattern."""
    if "*" in path.name:
        return sorted(one for one in path.parent.glob(path.name) if one.is_file())
    if path.is_dir():
        return sorted(one for one in path.iterdir() if one.suffix.lower() in ENDINGS)
    return [path] if path.is_file() else []


def _fault(where: str, text: str, path: Path, plain: bool, there: list[str]) -> list[str]:
    parts = _parts(path)
    if any(not part.resolve().is_relative_to(path.parent) for part in parts):
        return [
            f"{where}: {text!r} holds a link that leads out of its folder; name the file itself"
        ]
    if parts and not (plain and parts != [path]):
        return []
    if "*" in str(path.parent):
        return [f"{where}: {text!r} has a * in the name of a folder; only a file's may have one"]
    if path.is_dir():
        return [f"{where}: {text!r} is a folder without files ({', '.join(ENDINGS)})"]
    if "*" in text:
        return [f"{where}: no file fits {text!r}; correct the pattern"]
    return [f"{where}: there is no file {text!r}{nearest(text, there)}"]


def _mixed(delivery: Delivery, origin: Origin) -> list[str]:
    lines = []
    for entry, one in delivery.tables.items():
        parts = [
            part
            for text in _texts(one)
            for part in _parts(resolve(_joined(delivery.folder, text), origin, entry))
        ]
        endings = sorted({part.suffix.lower() for part in parts})
        unknown = [ending for ending in endings if ending not in ENDINGS]
        if unknown:
            lines.append(
                f"tables.{entry}.file: is of a format that is not read; allowed: "
                f"{', '.join(ENDINGS)}"
            )
        elif len(endings) > 1:
            lines.append(
                f"tables.{entry}.file: holds files of {len(endings)} formats "
                f"({', '.join(endings)}); give each an entry of its own, as in "
                f"[tables.{entry}.second]"
            )
        if len(set(parts)) < len(parts):
            lines.append(f"tables.{entry}.file: names a file twice; name each once")
    return lines


def _names(folder: Path) -> Iterable[str]:
    """Return the files and folders at most two levels down, to suggest one."""
    for level in ("*", "*/*"):
        for one in folder.glob(level):
            yield one.relative_to(folder).as_posix()
