"""The notebook's side of the system: the same bytes as the command."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from evaluation.catalogue import catalogue
from evaluation.errors import UsageError
from evaluation.estimators.supplying import Engine
from evaluation.pipeline import run_spec
from evaluation.release.bundle.read import is_bundle
from evaluation.release.writer import result_files, write_record
from evaluation.report.figures.registry import plots_of
from evaluation.report.figures.render import render
from evaluation.report.main_frame import main_table
from evaluation.report.numbers import Numbers
from evaluation.report.record import Record
from evaluation.report.table_frame import frame_of
from evaluation.report.tables import table_of
from evaluation.review.asked_bundle import asked_bundle, refuse_replacing, refuse_ways
from evaluation.review.variants import toml
from evaluation.spec.faults import nearest
from evaluation.spec.loader import read_spec
from evaluation.spec.lock_file import lock_path, read_lock
from evaluation.spec.spec import Spec


@dataclass(frozen=True)
class Result:
    """What a run found.

    Attributes
    ----------
    record
        The rows as the pipeline made them.
    folder
        Where the outputs were written, ``None`` where they were not.
    """

    record: Record
    folder: Path | None = None

    def __repr__(self) -> str:
        """Return spec, status and the main table as text, not the whole record."""
        spec, rounding = self.record.spec, self.record.spec.rounding
        shown = self._shown().to_string(
            index=False, na_rep="–", float_format=Numbers(rounding).estimate
        )
        blind = self.record.words.text("blind.label") if self.record.blind else ""
        about = " ".join(part for part in (self.record.status, blind) if part)
        return f"{spec.id}: {about}\n{shown}"

    def _repr_html_(self) -> str:
        """Return the main table as a notebook shows it."""
        rounding = self.record.spec.rounding
        html: str = self._shown().to_html(
            index=False, na_rep="–", float_format=Numbers(rounding).estimate
        )
        return html

    @cached_property
    def estimates(self) -> pd.DataFrame:
        """One row for each number: the columns of ``estimates.csv``."""
        return self._rows("estimates.csv")

    @cached_property
    def checks(self) -> pd.DataFrame:
        """One row for each verdict: the columns of ``checks.csv``."""
        return self._rows("checks.csv")

    @cached_property
    def details(self) -> pd.DataFrame:
        """One row for each detail: the columns of ``details.csv``."""
        return self._rows("details.csv")

    @property
    def figures(self) -> tuple[str, ...]:
        """Names of the figures that can be drawn."""
        return tuple(plot.name for plot in plots_of(self.record))

    def figure(self, name: str) -> bytes:
        """Return one figure as PNG.

        Raises
        ------
        UsageError
            Where there is no figure of that name.
        """
        plots = {plot.name: plot for plot in plots_of(self.record)}
        if name not in plots:
            known = ", ".join(plots) or "none"
            raise UsageError(f"no figure {name!r}{nearest(name, plots)} (there are: {known})")
        return render(plots[name], self.record.words)

    def table(self, name: str = "main") -> pd.DataFrame:
        """Return one table: the main one, or another by its id; numbers are never rounded.

        Raises
        ------
        UsageError
            Where there is no table of that name.
        """
        own = any(one.id == name for one in self.record.spec.tables)
        if name == "main" and not own:
            return main_table(self.record)
        return frame_of(table_of(self.record, name), self.record.words)

    def csv(self, name: str) -> str:
        """Return the text of ``estimates``, ``details`` or ``checks`` as the command writes it."""
        files = result_files(self.record)
        if f"{name}.csv" not in files:
            raise UsageError(f"no file {name!r} (there are: estimates, details, checks)")
        return files[f"{name}.csv"]

    def _shown(self) -> pd.DataFrame:
        """Return the main table without columns that hold nothing, such as an unknown truth."""
        table = self.table().dropna(axis="columns", how="all")
        # Counts stay whole beside a model that has none.
        counts = {"n_obs": "Int64"} if "n_obs" in table else {}
        return table.astype(counts).astype(object).fillna("–")

    def _rows(self, name: str) -> pd.DataFrame:
        text = result_files(self.record)[name]
        return pd.read_csv(io.StringIO(text))


def load_spec(
    path: str | Path, *, set: Mapping[str, Any] | None = None, allow: Iterable[str | Path] = ()
) -> Spec:
    """Read a spec.

    Parameters
    ----------
    path
        A TOML file.
    set
        Overrides by key path, and folders for ``${NAME}``.
    allow
        Further folders that may be read.

    Raises
    ------
    SpecError
        With every fault found.
    """
    return _read(path, set, allow, with_paths=True)


def _read(
    path: str | Path,
    settings: Mapping[str, Any] | None,
    allow: Iterable[str | Path],
    *,
    with_paths: bool,
) -> Spec:
    return read_spec(
        Path(path),
        catalogue(),
        settings=settings or {},
        allowed=[Path(folder) for folder in allow],
        with_paths=with_paths,
    )


def _asked(path: Path, settings: Mapping[str, Any], out: Path | None) -> Result:
    """Ask a bundle; the cells are gone afterwards."""
    told = [f"{key}={toml(value)}" for key, value in settings.items()]
    with asked_bundle(path, told) as asked:
        if out is not None:
            refuse_replacing(path, out / asked.spec.id)
        record = asked.marked(run_spec(asked.spec, cells=asked.cells))
        return Result(record, None if out is None else write_record(record, out))


def run(
    spec: str | Path | Spec,
    *,
    set: Mapping[str, Any] | None = None,
    frame: pd.DataFrame | None = None,
    out: str | Path | None = None,
    allow: Iterable[str | Path] = (),
    cells: str | Path | None = None,
    rebuild: bool = False,
    engine: Engine = "auto",
    blind: bool = False,
) -> Result:
    """Run a spec, or ask a bundle, and return what it found.

    Parameters
    ----------
    spec
        A TOML file, a spec already read, or the ``bundle.zip`` of a release.
    set
        Overrides by key path, and folders for ``${NAME}``.
    frame
        Rows in place of the spec's own source.
    out
        Folder for the outputs; nothing is written without it.
    allow
        Further folders that may be read.
    cells
        Folder of cells to estimate from, in place of any rows.
    rebuild
        Whether kept cells are passed over; they are kept under ``out``.
    engine
        ``auto`` estimates from cells wherever these are exact; ``microdata`` from rows alone.
    blind
        Whether rows are permuted first, so that no number is a result; see ``run --blind``.

    Raises
    ------
    UserError
        One of ``evaluation.errors``; never ``SystemExit``.
    """
    if cells is not None and (frame is not None or rebuild or engine == "microdata"):
        raise UsageError("cells: reads no rows, so neither frame, rebuild nor engine='microdata'")
    if not isinstance(spec, Spec) and is_bundle(Path(spec)):
        refuse_ways(
            Path(spec), cells=cells is not None, rebuild=rebuild, blind=blind,
            frame=frame is not None, engine_microdata=engine == "microdata", allow=bool([*allow]),
        )  # fmt: skip
        return _asked(Path(spec), set or {}, None if out is None else Path(out))
    if isinstance(spec, Spec):
        if set:
            raise UsageError("set: takes effect when a spec is read; pass it to load_spec")
        loaded = spec
    else:
        # With rows at hand the spec's own source is not read, so its path may be anywhere.
        loaded = _read(spec, set, allow, with_paths=frame is None and cells is None)
    memory = None if out is None else Path(out) / ".cache"
    record = run_spec(
        loaded,
        frame=frame,
        memory=memory,
        cells=None if cells is None else Path(cells),
        rebuild=rebuild,
        engine=engine,
        lock=None if isinstance(spec, Spec) else read_lock(lock_path(Path(spec))),
        blind=blind,
    )
    return Result(record, None if out is None else write_record(record, Path(out)))
