"""Panels kept between runs: found while nothing that they depend on has changed, else built."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from evaluation.data.cache_folder import VARIABLE, cache_folder
from evaluation.data.registers.build import build
from evaluation.data.registers.built import NAME, Built, read_built, write_built
from evaluation.data.registers.chosen import carried, delivered
from evaluation.data.registers.placed import Placed
from evaluation.data.registers.sql import Settings
from evaluation.data.registers.staging import stage
from evaluation.data.registers.stale import why_stale
from evaluation.errors import EnvironmentProblem

FOLDER = "registers"
PANELS = "panels"
UNFINISHED = ".building-"
# What another run may still be reading, or building, is left alone for so long.
SECONDS_KEPT = 24 * 3600.0

Announce = Callable[[str], None]


def registers_cache() -> Path:
    """Return the folder in which staged tables and panels are kept.

    Raises
    ------
    EnvironmentProblem
        Where the system has no place for one.
    """
    folder = cache_folder()
    if folder is None:
        raise EnvironmentProblem(
            f"there is no cache folder to build the panel in; name one by {VARIABLE}"
        )
    return folder / FOLDER


def panel_of(
    placed: Placed,
    names: Collection[str] | None,
    *,
    cache: Path,
    settings: Settings = Settings(),  # noqa: B008
    rebuild: bool = False,
    announce: Announce = lambda stage: None,
) -> Built:
    """Return the panel of a delivery, built where none that is kept will do.

    It is written aside and renamed when it is whole, so that neither a run that is stopped nor two
    at once leave half a panel. A panel built anew keeps the columns that the last one had.

    Parameters
    ----------
    placed
        The delivery.
    names
        Columns wanted; ``None`` for all that it carries.
    cache
        Folder to keep it in.
    settings
        Limits of the query engine.
    rebuild
        Whether a panel that is kept is passed over.
    announce
        Told why it is built, and how far it is.

    Raises
    ------
    DataError
        For a delivery that breaks a contract, or a column that it does not carry.
    EnvironmentProblem
        Where memory, the disk or the folder do not suffice.
    """
    panels = cache / PANELS
    made_of = placed.made_of(cache)
    known, held = _last(panels, placed)
    current = held if held is not None and held.made_of == made_of else None
    wanted = names if names is not None else current.carried if current is not None else ()
    reasons = ("it was asked for",) if rebuild else why_stale(known, held, made_of, wanted)
    if not reasons and held is not None:
        with contextlib.suppress(OSError):
            os.utime(held.folder / NAME)
        return held
    announce(f"panel is built: {'; '.join(reasons)}")
    staged = stage(placed.delivery, placed.files, cache, settings)
    offered = tuple(carried(delivered(staged, placed.delivery), placed.delivery))
    before = () if held is None else tuple(name for name in held.columns if name in offered)
    chosen = offered if names is None else tuple(dict.fromkeys((*names, *before)))
    target = panels / _name(made_of, chosen)

    def tell(chunk: int, chunks: int) -> None:
        # Each tenth is enough to see it move.
        if chunk * 10 // max(chunks, 1) > (chunk - 1) * 10 // max(chunks, 1):
            announce(f"panel: {100 * chunk // max(chunks, 1)} %")

    with _aside(target, rebuild=rebuild) as fresh:
        built = build(
            staged,
            placed.delivery,
            chosen,
            fresh,
            settings,
            correspondence=placed.correspondence,
            made_of=made_of,
            tell=tell,
        )
        write_built(built)
    kept = read_built(target)
    if kept is None:
        raise EnvironmentProblem(
            "the panel was taken from the cache folder as soon as it was built; run again, with "
            "nothing else that empties the folder"
        )
    _note(panels, placed, kept)
    _clear(panels, kept)
    return kept


def _name(made_of: Mapping[str, str], columns: Collection[str]) -> str:
    text = json.dumps([dict(made_of), sorted(columns)], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _last(panels: Path, placed: Placed) -> tuple[dict[str, str] | None, Built | None]:
    """Return what the last panel of a mapping was made of, and that panel if it is whole."""
    try:
        note = json.loads((panels / f"{placed.mark}.json").read_text(encoding="utf-8"))
        known, folder = dict(note["made_of"]), str(note["folder"])
    except (OSError, ValueError, KeyError, TypeError):
        return None, None
    return known, read_built(panels / Path(folder).name)


def _note(panels: Path, placed: Placed, built: Built) -> None:
    """Remember which panel is the last of a mapping; where that fails it is built again."""
    text = json.dumps({"made_of": dict(built.made_of), "folder": built.folder.name})
    with contextlib.suppress(OSError):
        fresh = panels / f".{placed.mark}.partial"
        fresh.write_text(text, encoding="utf-8")
        fresh.replace(panels / f"{placed.mark}.json")


@contextmanager
def _aside(target: Path, *, rebuild: bool) -> Iterator[Path]:
    """Give a hidden folder that is renamed to ``target`` where all goes well."""
    try:
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        # Only its owner may read it: it holds persons.
        fresh = Path(tempfile.mkdtemp(prefix=UNFINISHED, dir=target.parent))
        try:
            yield fresh
            _rename(fresh, target, rebuild=rebuild)
        finally:
            shutil.rmtree(fresh, ignore_errors=True)
    except OSError as error:
        raise EnvironmentProblem(
            f"{target.parent}: cannot be written ({error.strerror or type(error).__name__}); "
            f"name another cache folder by {VARIABLE}"
        ) from None


def _rename(fresh: Path, target: Path, *, rebuild: bool) -> None:
    """Put a folder in its place; a whole one that another run put there meanwhile is as good."""
    if target.exists() and (rebuild or read_built(target) is None):
        aside = Path(tempfile.mkdtemp(prefix=UNFINISHED, dir=target.parent)) / "old"
        target.rename(aside)
        shutil.rmtree(aside.parent, ignore_errors=True)
    try:
        fresh.rename(target)
    except OSError:
        if read_built(target) is None:
            raise


def _clear(panels: Path, built: Built) -> None:
    """Remove what stopped runs left, and panels that nobody used for a day."""
    with contextlib.suppress(OSError):
        noted = {
            json.loads(path.read_text(encoding="utf-8")).get("folder")
            for path in panels.glob("*.json")
        }
        for folder in panels.iterdir():
            if not folder.is_dir() or folder.name in noted or folder == built.folder:
                continue
            used = folder / NAME if (folder / NAME).exists() else folder
            if time.time() - used.stat().st_mtime > SECONDS_KEPT:
                shutil.rmtree(folder, ignore_errors=True)
