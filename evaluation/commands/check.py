"""``check``: everything short of estimating."""

from __future__ import annotations

from pathlib import Path

from evaluation.catalogue import catalogue
from evaluation.commands.locate import locate
from evaluation.commands.shown import text_table
from evaluation.data.prepare import prepare
from evaluation.data.sources import open_source
from evaluation.pipeline import refuse_unavailable
from evaluation.spec.loader import read_spec


def check(name: str, *, settings: tuple[str, ...], allowed: tuple[Path, ...]) -> str:
    """Read a spec, read its data, draw its sample, and return the flow as text.

    Raises
    ------
    UserError
        What a run would refuse before it estimates.
    """
    spec = read_spec(locate(name), catalogue(), settings=settings, allowed=allowed)
    refuse_unavailable(spec)
    flow = prepare(spec, open_source(spec)).panel.flow
    rows = [(s.step, f"{s.rows:,}", "" if s.units is None else f"{s.units:,}") for s in flow]
    return f"{spec.id}: spec and data are in order\n" + text_table(
        ["step", "rows left", "units left"], rows, numeric_from=1
    )
