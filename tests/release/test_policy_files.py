"""Policies: what is shipped, what one beside a spec says, and every fault of one on its line."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from evaluation.catalogue import catalogue
from evaluation.errors import SpecError
from evaluation.release.policy import asked_policy, policy_from, policy_of
from evaluation.release.rules import (
    cluster_size,
    count,
    differences,
    events,
    formats,
    nk,
    p_ratio,
    population,
    recodes,
    residual_df,
    rounding,
    small_cells,
    sources,
    support,
    winsorised,
)
from evaluation.release.rules.registry import rules
from evaluation.release.writer import write_record
from evaluation.report.reading import read_record
from evaluation.spec.policy_files import policy_names, policy_paths
from evaluation.spec.shipped import shipped_specs
from tests.release.judged import estimate, record

HEAD = 'title = "Own"\nsource = "Own"\n'
COUNT = '[count]\nunits = 5\nzeros = "allowed"\n'


def test_thresholds_are_those_of_the_regimes() -> None:
    norway, acro, safe = map(policy_of, ("statistics_norway", "acro", "opensafely"))
    assert norway.limits == {"count": count.Limits(units=3, zeros="allowed")}
    assert acro.limits == {
        "count": count.Limits(rows=10, zeros="disclosive"),
        "residual_df": residual_df.Limits(least=10),
        "nk": nk.Limits(n=2, share=0.90),
        "p_ratio": p_ratio.Limits(least=0.10),
        "rounding": rounding.Limits(base=5),
        "formats": formats.Limits(blocked=("svg",)),
    }
    assert safe.limits == {
        "count": count.Limits(units=8, zeros="disclosive"),
        "rounding": rounding.Limits(base=6, to="midpoint"),
    }
    assert (safe.head.checkers, norway.head.checkers) == (2, 1)
    assert policy_of("microdata_no").limits == {
        "population": population.Limits(units=1000),
        "small_cells": small_cells.Limits(below=5, per_cent=50),
        "recodes": recodes.Limits(units=10),
        "count": count.Limits(units=10, zeros="allowed"),
        "winsorised": winsorised.Limits(low=0.01, high=0.99),
    }
    assert policy_of("none").limits == {"sources": sources.Limits(allowed=("synthetic",))}


def test_the_default_is_as_strict_as_statistics_norway_with_support() -> None:
    own = policy_of("registry_default")
    norway = policy_of("statistics_norway").limits_of(count.Limits)
    mine = own.limits_of(count.Limits)
    assert mine is not None and norway is not None
    assert mine.rows and mine.units and norway.units
    assert min(mine.rows, mine.units) >= norway.units
    assert mine.zeros == norway.zeros
    groups = own.limits_of(support.Limits)
    assert groups is not None
    assert min(getattr(groups, place) for place in support.PLACES) >= norway.units
    for kind in (events.Limits, differences.Limits, cluster_size.Limits, nk.Limits):
        assert own.limits_of(kind) is not None  # type: ignore[type-var]


@pytest.mark.parametrize("name", policy_names())
def test_every_shipped_policy_says_whose_it_is(name: str) -> None:
    policy = policy_of(name)
    assert policy.name == name and not policy.own
    assert policy.head.title and policy.head.source
    assert policy_from(policy.text, name).limits == policy.limits
    for key, limits in policy.limits.items():
        assert rules()[key].words(limits)


def test_every_rule_is_whole() -> None:
    for key, rule in rules().items():
        assert (rule.KEY, rule.__name__.rsplit(".", 1)[-1]) == (key, key)
        assert rule.TITLE and not rule.TITLE.endswith(".")
    assert all(any(key in policy_of(name).limits for name in policy_names()) for key in rules())


def test_policies_are_no_specs() -> None:
    assert policy_names() == catalogue().policies
    assert not {path.stem for path in shipped_specs()} & {*policy_names()}


def test_a_policy_beside_the_spec_wins(tmp_path: Path) -> None:
    folder = tmp_path / "policies"
    folder.mkdir()
    (folder / "acro.toml").write_text(HEAD + COUNT, encoding="utf-8")
    (folder / "mine.toml").write_text("\ufeff" + HEAD + COUNT, encoding="utf-8")
    assert policy_of("acro", tmp_path).own and not policy_of("acro").own
    assert policy_of("mine", tmp_path).limits == {"count": count.Limits(units=5, zeros="allowed")}
    assert policy_of("acro", tmp_path).digest != policy_of("acro").digest
    assert record(folder=tmp_path, disclosure={"policy": "mine"}).spec.disclosure is not None
    with pytest.raises(SpecError, match="unknown policy 'mine'"):
        record(disclosure={"policy": "mine"})


def test_outputs_keep_a_policy_of_ones_own(tmp_path: Path) -> None:
    """What was judged by is beside the outputs; the spec and its folder need not be at hand."""
    folder = tmp_path / "specs"
    (folder / "policies").mkdir(parents=True)
    (folder / "policies" / "mine.toml").write_text(HEAD + COUNT, encoding="utf-8")
    written = write_record(
        record([estimate()], folder=folder, disclosure={"policy": "mine"}), tmp_path / "out"
    )
    shutil.rmtree(folder)
    again = asked_policy(read_record(written).spec)
    assert again is not None and again.own
    assert again.limits == {"count": count.Limits(units=5, zeros="allowed")}
    shipped = write_record(record([estimate()], folder=folder), tmp_path / "out")
    assert not (shipped / "policies").exists()


@pytest.mark.parametrize("name", ["../secret", "policies/acro", "acro.toml", "/etc/passwd", "a\0b"])
def test_names_are_no_paths(tmp_path: Path, name: str) -> None:
    (tmp_path / "secret.toml").write_text(HEAD + COUNT, encoding="utf-8")
    (tmp_path / "spec" / "policies").mkdir(parents=True)
    with pytest.raises(SpecError, match="unknown policy"):
        policy_of(name, tmp_path / "spec")


def test_a_link_out_of_the_folder_is_none(tmp_path: Path) -> None:
    outside = tmp_path / "outside.toml"
    outside.write_text(HEAD + COUNT, encoding="utf-8")
    folder = tmp_path / "spec" / "policies"
    folder.mkdir(parents=True)
    (folder / "linked.toml").symlink_to(outside)
    assert "linked" not in policy_paths(tmp_path / "spec")


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        (HEAD + "[cout]\nrows = 3\n", ["cout: unknown key; did you mean count? (allowed here: …)"]),
        (HEAD, ["count: is missing; without it nothing is judged, which only …"]),
        (
            HEAD + '[sources]\nallowed = ["synthetic", "file"]\n',
            ["count: is missing; without it nothing is judged, which only …"],
        ),
        (HEAD + '[count]\nzeros = "allowed"\n', ["count: says neither rows nor units; …"]),
        (
            'title = "A"\n[count]\nrow = 3\nzeros = "x"\n[nk]\nn = 2\nshare = 1.2\n',
            [
                "source: is missing; it must be given",
                "count.row: unknown key; did you mean rows? (allowed here: rows, units, zeros)",
                "count.zeros: found 'x'; allowed: allowed, disclosive",
                "nk.share: found 1.2; allowed: less than 1",
            ],
        ),
        ("count = 3\n" + HEAD, ["count: found 3; allowed: a table"]),
        ("[count", ["is not TOML: …"]),
        (HEAD + COUNT + "[formats]\nallowed = ['PNG']\n", ["formats.allowed.1: found 'PNG'; …"]),
    ],
)
def test_faults(text: str, lines: list[str]) -> None:
    with pytest.raises(SpecError) as caught:
        policy_from(text, "own")
    found = caught.value.faults
    assert len(found) == len(lines)
    for line in lines:
        begin, _, end = line.partition("…")
        assert any(
            one.startswith(f"policies/own.toml: {begin}") and one.endswith(end) for one in found
        ), (line, found)
