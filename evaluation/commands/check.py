"""``check``: everything short of estimating."""

from __future__ import annotations

from pathlib import Path

from evaluation.catalogue import catalogue
from evaluation.commands.locate import locate
from evaluation.commands.shown import text_table
from evaluation.data.prepare import prepare
from evaluation.data.sources import open_source
from evaluation.errors import InsufficientDesign
from evaluation.pipeline import refuse_unavailable
from evaluation.report.insufficient import shortfall_of
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
    try:
        flow = prepare(spec, open_source(spec)).panel.flow
    except InsufficientDesign as error:
        return f"{spec.id}: a run ends in insufficient: {'; '.join(error.faults)}"
    rows = [(s.step, f"{s.rows:,}", "" if s.units is None else f"{s.units:,}") for s in flow]
    table = text_table(["step", "rows left", "units left"], rows, numeric_from=1)
    stated = shortfall_of(spec)
    ends = "" if stated is None else f"\n{spec.id}: a run ends in insufficient: {stated.reason}"
    return f"{spec.id}: spec and data are in order\n{table}{ends}"
