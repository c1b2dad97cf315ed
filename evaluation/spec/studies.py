"""The studies that ship: which there are, in which order, and what each is."""

from __future__ import annotations

import csv
import io
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evaluation.spec.header import Header, header_of
from evaluation.spec.inherit import merge_base
from evaluation.spec.shipped import shipped_specs

FOLDER, VARIANTS = "studies", "variants"
# What the last run of the whole catalogue found, beside the studies.
FOUND = "found.csv"
# The order of evidence; a study that is not named here comes after these, by name.
ORDER = (
    "dahl_hernaes_2022",
    "reform_2017_age",
    "rd_age30",
    "kvp_2016",
    "provision_2023",
    "sanction_regimes",
    "hernaes_2021",
    "hmr_2017",
    "hernaes_2020",
    "youth_crime_2019",
    "dahl_lima_2016",
    "lemieux_milligan_2008",
    "kleif_arendt_2020",
    "jonassen_2013",
    "neets_2022",
    "stockholm",
    "skien_2015",
    "drammen_2013",
    "qualitative_2010",
)
NO_DESIGN = "none"


@dataclass(frozen=True)
class Study:
    """One study, variant or other spec.

    Attributes
    ----------
    id, path
        The spec.
    base
        Id of the study that a variant varies; empty for anything else.
    title, design, world
        Its title, the kind of its design, and the synthetic world that it runs on; empty where the
        text does not say.
    estimators
        Each once, in the order of models.
    header
        Its five headings.
    """

    id: str
    path: Path
    base: str
    title: str
    design: str
    world: str
    estimators: tuple[str, ...]
    header: Header

    @property
    def question(self) -> str:
        """What it asks: its title where its header does not say."""
        return self.header.question or self.title

    @property
    def refuses(self) -> bool:
        """Whether it says itself that it lacks a comparison."""
        return self.design == NO_DESIGN


def studies() -> tuple[Study, ...]:
    """Return the studies in their order, each followed by its variants."""
    found = [study_of(path) for path in shipped_specs() if _is_study(path)]
    mains = {one.id for one in found if not one.base} | {one.base for one in found if one.base}
    return tuple(
        one
        for main in sorted(mains, key=place_of)
        for one in sorted(found, key=lambda own: bool(own.base))
        if main == (one.base or one.id)
    )


def place_of(study: str) -> tuple[int, str]:
    """Return where a study stands among the others; those without a place of their own by name."""
    return (ORDER.index(study) if study in ORDER else len(ORDER), study)


def study_of(path: Path) -> Study:
    """Return what the text of a spec says; nothing is validated."""
    text = path.read_text(encoding="utf-8")
    own = tomllib.loads(text)
    tables = _whole(path, own)
    base = Path(own.get("extends", "")).stem if path.parent.name == VARIANTS else ""
    return Study(
        id=str(own.get("id", path.stem)),
        path=path,
        base=base,
        title=str(own.get("title", "")),
        design=str(tables.get("design", {}).get("kind", "")),
        world=str(tables.get("panel", {}).get("world", "")),
        estimators=tuple(
            dict.fromkeys(str(model.get("estimator", "")) for model in tables.get("models", ()))
        ),
        header=header_of(text),
    )


def verdicts() -> Mapping[str, str]:
    """Return by study what the run that was last committed found: nothing where none was."""
    folder = next((path.parent for path in shipped_specs() if path.parent.name == FOLDER), None)
    if folder is None or not (folder / FOUND).exists():
        return {}
    text = (folder / FOUND).read_text(encoding="utf-8")
    return {row["study"]: row["verdict"] for row in csv.DictReader(io.StringIO(text))}


def _is_study(path: Path) -> bool:
    folder = path.parent.parent if path.parent.name == VARIANTS else path.parent
    return folder.name == FOLDER


def _whole(path: Path, own: dict[str, Any]) -> dict[str, Any]:
    """Return a spec's tables laid over those that it extends."""
    name = own.get("extends")
    if not isinstance(name, str):
        return own
    return merge_base(tomllib.loads((path.parent / name).read_text(encoding="utf-8")), own)
