"""A spec as lines of Stata or R: rows, sample, design, then every model or why it has none."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from evaluation.errors import UsageError
from evaluation.report.language import language_of
from evaluation.review.foreign.contract import Case, Lines
from evaluation.review.foreign.dialects import Dialect
from evaluation.review.foreign.preparing import prepared, uncollapsed, unprepared
from evaluation.review.foreign.r import R
from evaluation.review.foreign.registry import foreign_of
from evaluation.review.foreign.stata import Stata
from evaluation.spec.panel import FilePanel, RegistersPanel, SyntheticPanel
from evaluation.spec.resolve import resolve_inference
from evaluation.spec.spec import Spec

PLACEHOLDER = re.compile(r"^\$\{([A-Z][A-Z0-9_]*)\}")
DIALECTS: Mapping[str, Dialect] = {"stata": Stata(), "r": R()}


def foreign_lines(spec: Spec, language: str) -> str:
    """Return a spec in the words of another program; needs no data.

    Parameters
    ----------
    spec
        What is asked.
    language
        ``stata`` or ``r``.

    Raises
    ------
    UsageError
        For another language.
    """
    if language not in DIALECTS:
        raise UsageError(f"--as {language}: allowed: {', '.join(DIALECTS)}")
    say = DIALECTS[language]
    return "\n".join(_lines(spec, language, say)) + "\n"


def _lines(spec: Spec, language: str, say: Dialect) -> Iterator[str]:
    words = language_of(spec.lang)
    yield say.remark(words.text("foreign.head", id=spec.id, title=spec.title))
    yield ""
    yield from _rows(spec, language, say)
    for line in unprepared(spec):
        yield say.remark(f"! {line}")
    yield from prepared(spec, say)
    for model in spec.models:
        told: tuple[str, ...] = ()
        for name in spec.outcomes_of(model):
            case = Case(
                spec, model, name, spec.outcomes[name], resolve_inference(spec, model), say
            )  # fmt: skip
            remarks, code = _said(case, language)
            yield ""
            yield say.remark(f"{model.id}, {name}: {model.estimator}, {model.estimand}")
            # What is said of a model is said once.
            yield from (say.remark(line) for line in remarks if remarks != told)
            yield from code
            told = remarks


def _said(case: Case, language: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return what keeps the lines of one model from being exact, and the lines."""
    words = language_of(case.spec.lang)
    foreign = foreign_of(case.model.estimator)
    if foreign is None:
        return (words.text("foreign.none", estimator=case.model.estimator),), ()
    makes = {"stata": foreign.stata, "r": foreign.r}
    found: Lines = makes[language](case)
    left = (*unprepared(case.spec), *uncollapsed(case.spec))
    if found.code and not found.differs:
        return (words.text("foreign.exact_then" if left else "foreign.exact"),), found.code
    return tuple(words.text("foreign.differs", what=line) for line in found.differs), found.code


def _rows(spec: Spec, language: str, say: Dialect) -> Iterator[str]:
    """Yield what reads the rows, as far as a line can."""
    panel = spec.panel
    if isinstance(panel, RegistersPanel):
        yield say.remark(f"activity-duty panel {spec.id} --to dta --out FOLDER")
        yield from _read(language, say, "FOLDER/panel/panel.dta")
    elif isinstance(panel, FilePanel):
        yield from _read(language, say, panel.path, panel)
    elif isinstance(panel, SyntheticPanel):
        yield say.remark(f"activity-duty synth {panel.world} {_drawn(panel)} --out FOLDER")
        yield from FOLDERS[language]
    else:
        yield say.remark("export the table of the database to dta, and read it here")
        yield from _read(language, say, "panel.dta")


def _drawn(panel: SyntheticPanel) -> str:
    """Return the options of ``synth`` that give the rows of a panel."""
    options = f"--persons {panel.persons} --seed {panel.seed} --format csv"
    if panel.age_range is not None:
        options += " --ages {}:{}".format(*panel.age_range)
    if panel.window is not None:
        low, high = panel.window
        options += f" --window {low:%Y-%m}:{high:%Y-%m}"
    return options


# How the files of a delivery are read, one below the other.
FOLDERS: Mapping[str, tuple[str, ...]] = {
    "stata": (
        'local files : dir "FOLDER/person_month" files "*.csv"',
        "local more 0",
        "foreach f of local files {",
        '    import delimited "FOLDER/person_month/`f\'", clear case(preserve)',
        '    if `more\' append using "FOLDER/person_month.dta"',
        '    save "FOLDER/person_month.dta", replace',
        "    local more 1",
        "}",
    ),
    "r": (
        'files <- list.files("FOLDER/person_month", pattern = "csv$", full.names = TRUE)',
        "d <- do.call(rbind, lapply(files, read.csv, check.names = FALSE))",
    ),
}


def _read(language: str, say: Dialect, path: str, panel: FilePanel | None = None) -> Iterator[str]:
    ending = path.rpartition(".")[2].lower()
    folder = PLACEHOLDER.match(path)
    named = say.variable(folder[1], path[folder.end() :]) if folder else say.text(path)
    separator = "," if panel is None else panel.separator
    decimal = "." if panel is None else panel.decimal
    gaps = ("", "NA") if panel is None else panel.missing
    if path.startswith("package:"):
        yield say.remark("the file is one of an installed package of Python: give its whole path")
    readers = {
        "stata": {
            "csv": f"import delimited {named}, clear case(preserve) "
            f"delimiters({say.text(separator)})",
            "dta": f"use {named}, clear",
            "sas7bdat": f"import sas {named}, clear",
        },
        "r": {
            "csv": f"d <- read.csv({named}, check.names = FALSE, sep = {say.text(separator)}, "
            f"dec = {say.text(decimal)}, na.strings = c({', '.join(map(say.text, gaps))}))",
            "dta": f"d <- haven::read_dta({named})",
            "sas7bdat": f"d <- haven::read_sas({named})",
            "parquet": f"d <- as.data.frame(arrow::read_parquet({named}))",
        },
    }
    line = readers[language].get(ending)
    yield line or say.remark(f"read {path} here; its format is one that a line does not read")
