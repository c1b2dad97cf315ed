"""The spec inside a bundle, ready to be estimated from the cells beside it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from evaluation.catalogue import catalogue
from evaluation.errors import DataError
from evaluation.release.bundle.contents import CELLS, SPEC
from evaluation.release.bundle.guard import AGAIN
from evaluation.release.bundle.read import Bundle
from evaluation.release.bundle.tables import refuse_other_tables
from evaluation.spec.loader import build_spec
from evaluation.spec.origin import Origin
from evaluation.spec.settings import parse_settings
from evaluation.spec.spec import Spec
from evaluation.spec.text import tables_of


@contextmanager
def opened(bundle: Bundle, settings: Iterable[str] = ()) -> Iterator[tuple[Spec, Path]]:
    """Give the spec of a bundle and the folder of its cells, which is gone afterwards.

    Parameters
    ----------
    bundle
        As read.
    settings
        ``--set`` texts: new questions to the same cells.

    Raises
    ------
    DataError
        Where its spec is no TOML, or its cells are not what they say.
    SpecError
        Where this version does not know its spec, or not with these settings.
    """
    try:
        tables = tables_of(bundle.text(SPEC))
    except ValueError:
        raise DataError(f"{bundle.path}: {SPEC} is not TOML; {AGAIN}") from None
    with bundle.unpacked() as folder:
        if bundle.has_cells:
            refuse_other_tables(folder / CELLS, str(bundle.path))
        spec = build_spec(
            tables,
            catalogue(),
            settings=parse_settings(settings),
            origin=Origin(folder=folder),
            label=f"{bundle.path.name}: {SPEC}",
            # No path of a bundle's spec is ever followed: its cells are all there is.
            with_paths=False,
        )
        yield spec, folder / CELLS
