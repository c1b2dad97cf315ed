"""``release``: what leaves, what is refused and with which words, who signed, what the ledger has.

Runs are written from records made by hand, and released by the verb itself.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from evaluation.catalogue import catalogue
from evaluation.cli import main
from evaluation.commands.release import Signed, release, signed_as
from evaluation.data.panel import FlowStep
from evaluation.errors import DataError, DisclosureError, UsageError
from evaluation.release.assemble import candidate_of, write_files
from evaluation.release.judged import refuse_unjudged
from evaluation.release.ledger import Ledger, read_ledger
from evaluation.release.policy import policy_of
from evaluation.release.writer import write_record
from evaluation.report.reading import read_record
from evaluation.report.record import Record
from evaluation.report.software import Software
from evaluation.results import Detail, Estimate, Evidence
from evaluation.spec.loader import build_spec
from evaluation.spec.origin import Origin
from evaluation.spec.settings import Settings

HEAD = 'title = "Own"\nsource = "A test"\n'
# Fewer formats: they are tried with the run under ``none``.
FORMATS = '[formats]\nallowed = ["csv", "html", "json", "md", "png", "txt"]\n'
COUNT = FORMATS + '[count]\nunits = 10\nzeros = "allowed"\n'
POLICIES = {
    "counts": HEAD + COUNT,
    "two": HEAD + "checkers = 2\n" + COUNT,
    "huge": HEAD + COUNT + "[population]\nunits = 1000000\n",
    "pixels": HEAD + COUNT.replace('"html", ', ""),
    "apart": HEAD + COUNT + "[differences]\nunits = 10\n",
    "suppressing": HEAD + COUNT + "[suppression]\nminimum = 10\n",
}
COUNTED = {"n_obs": 48_000, "n_units": 1_000, "n_clusters": 100}


def made(
    folder: Path,
    spec_id: str = "tiny",
    policy: str | None = "none",
    *,
    source: str = "synthetic",
    ages: tuple[int, int] = (25, 34),
    details: tuple[Detail, ...] = (),
    more: tuple[Estimate, ...] = (),
    dropped: int = 0,
    **counted: int,
) -> Path:
    """Write the outputs of a run and return their folder."""
    (folder / "policies").mkdir(parents=True, exist_ok=True)
    for name, text in POLICIES.items():
        (folder / "policies" / f"{name}.toml").write_text(text)
    wide = tuple(one.model_id for one in more)
    record = _record(folder, spec_id, policy, source, ages, wide, {**COUNTED, **counted})
    record = replace(record, estimates=(*record.estimates, *more), details=details)
    if dropped:
        last = record.flow[-1]
        first = FlowStep("rows read", last.rows + 100, (last.units or 0) + dropped)
        record = replace(record, flow=(first, replace(last, step="keep")))
    return write_record(record, folder / "outputs")


def _record(
    folder: Path, spec_id: str, policy: str | None, source: str, ages: tuple[int, int],
    wide: tuple[str, ...], counted: Mapping[str, int],
) -> Record:  # fmt: skip
    panel: dict[str, Any] = {"unit": "person_id", "time": "ym", "time_unit": "month"}
    panel |= {
        "synthetic": {"source": "synthetic", "world": "published_null", "persons": 1000, "seed": 1,
                      "ages": list(ages)},
        "file": {"source": "file", "path": "rows.csv"},
    }[source]  # fmt: skip
    tables = {
        "schema_version": 1, "id": spec_id, "title": "Tiny", "panel": panel,
        "outcomes": {"y": {"column": "employed", "kind": "binary"}},
        "design": {"kind": "did", "reform_date": dt.date(2017, 1, 1),
                   "treated": {"column": "age_months", "below": 360,
                               "assigned_at": "period_start"}},
        "models": [
            {"id": name, "estimand": "att_relative", "estimator": "twfe"}
            for name in ("main", *wide)
        ],
    }  # fmt: skip
    if policy is not None:
        tables["disclosure"] = {"policy": policy}
    spec = build_spec(
        tables, catalogue(), settings=Settings({}, ()), origin=Origin(folder=folder),
        label="tiny.toml", with_paths=False,
    )  # fmt: skip
    row = Estimate(
        spec_id, "main", "twfe", "att_relative", "y", estimate=0.01, std_error=0.005,
        conf_low=0.0002, conf_high=0.0198, p_value=0.045, **counted,
    )  # fmt: skip
    flow = (FlowStep("rows read", counted["n_obs"], counted["n_units"]),)
    evidence = tuple(
        Evidence(spec_id, "estimates.csv", 1, "", name, value)  # type: ignore[arg-type]
        for name, value in (("rows", counted["n_obs"]), ("units", counted["n_units"]))
    )
    return Record(
        spec, (row,), (), (), flow, {"input": "a" * 64}, evidence=evidence,
        software=Software({"version": "0.1.0"}, "3.11", {}, None), notes=("12 rows were odd",),
    )  # fmt: skip


def refused(folder: Path, **more: Any) -> str:
    """Return the lines with which a release is refused."""
    with pytest.raises(DisclosureError) as error:
        release(str(folder), folder.parent, **more)
    assert error.value.exit_code == 13
    return str(error.value)


@pytest.fixture(scope="module")
def synthetic(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the outputs of a synthetic run that was released, with a stray file, and again."""
    folder = made(tmp_path_factory.mktemp("synthetic"))
    first = release("tiny", folder.parent)
    assert first == (
        f"tiny: {len(files(folder))} files judged under none, 0 numbers suppressed",
        f"tiny: released; {folder / 'release'}",
    )
    before = files(folder)
    (folder / "release" / "stray.csv").write_text("person,income\n1,2\n")
    release("tiny", folder.parent)
    assert files(folder) == before
    return folder


def files(folder: Path) -> dict[str, bytes]:
    """Return the bytes of every file of a release by its path."""
    home = folder / "release"
    return {
        path.relative_to(home).as_posix(): path.read_bytes()
        for path in sorted(home.rglob("*"))
        if path.is_file()
    }


def test_a_release_holds_what_was_judged_and_its_manifest_names_every_file(synthetic: Path) -> None:
    there = files(synthetic)
    manifest = json.loads(there["manifest.json"])
    listed = manifest["release"]["files"]
    assert listed == {
        name: hashlib.sha256(content).hexdigest()
        for name, content in there.items()
        if name != "manifest.json"
    }
    assert {"estimates.csv", "details.csv", "checks.csv", "report.html", "README.md"} <= set(there)
    assert {f"tables/main.{ending}" for ending in ("csv", "docx", "html", "tex", "xlsx")} <= set(
        there
    )
    assert "seconds" not in manifest
    assert not any(b"12 rows were odd" in content for content in there.values())


def test_the_same_release_again_is_one_line_of_the_ledger(synthetic: Path) -> None:
    (entry,) = read_ledger(synthetic.parent).entries
    assert entry.spec_id == "tiny"
    assert [(one.rows, one.units) for one in entry.samples] == [(48_000, 1_000)]


def test_what_is_synthetic_says_so_wherever_it_can(synthetic: Path) -> None:
    there = files(synthetic)
    assert b"**Synthetic data.**" in there["README.md"]
    assert json.loads(there["manifest.json"])["release"]["synthetic"] is True
    for name in ("report.html", "tables/main.html", "tables/main.tex", "acro/results.json"):
        assert b"Synthetic data" in there[name], name


def test_acro_finds_its_layout(synthetic: Path) -> None:
    """As ``acro.record.load_records`` 1.0.2 and the viewer read it: every key, each checksum."""
    there = files(synthetic)
    told = json.loads(there["acro/results.json"])
    assert told["version"] == "1.0.2"
    needed = {"uid", "status", "type", "properties", "files", "outcome", "command", "summary",
              "timestamp", "comments", "exception", "fair"}  # fmt: skip
    assert {"estimates", "tables_main"} <= set(told["results"])
    for uid, one in told["results"].items():
        assert set(one) == needed
        assert (one["uid"], one["status"], one["summary"]) == (uid, "pass", "pass")
        for file in one["files"]:
            assert file["name"] == Path(file["name"]).name
            assert {"summary", "cells"} == set(file["sdc"])
            content = there[f"acro/{file['name']}"]
            checksum = there[f"acro/checksums/{file['name']}.txt"]
            assert checksum.decode() == hashlib.sha256(content).hexdigest()
    assert there["acro/estimates.csv"] == there["estimates.csv"]


def test_a_file_that_nobody_judged_stops_everything(synthetic: Path, tmp_path: Path) -> None:
    record = read_record(synthetic)
    candidate = candidate_of(record, policy_of("none", synthetic), Ledger())
    place = write_files(candidate, tmp_path / "place")
    refuse_unjudged(place, candidate.judged)
    (place / "tables" / "stray.csv").write_text("1")
    (place / "link.csv").symlink_to(place / "checks.csv")
    (place / "estimates.csv").write_text("changed")
    with pytest.raises(DisclosureError) as error:
        refuse_unjudged(place, candidate.judged)
    assert error.value.faults == (
        "estimates.csv: is not the file that was judged; release again",
        "link.csv: nobody judged this file; it may not leave",
        "tables/stray.csv: nobody judged this file; it may not leave",
    )


def test_without_a_policy_nothing_leaves(tmp_path: Path) -> None:
    folder = made(tmp_path, policy=None)
    assert refused(folder) == (
        "tiny: names no disclosure policy, so nothing of it may leave; write disclosure = { policy "
        '= "registry_default" } at the top of the spec (there are: acro, microdata_no, none, '
        "opensafely, registry_default, statistics_norway) and run it again"
    )
    assert not (folder / "release").exists()


def test_the_policy_of_synthetic_persons_refuses_rows_of_real_ones(tmp_path: Path) -> None:
    folder = made(tmp_path, source="file")
    said = refused(folder)
    assert (
        "tiny: estimates.csv: fails sources (estimates.csv: rows are from 'file', and the policy "
        "is for synthetic ones alone); name a policy for these rows in [disclosure]"
    ) in said.splitlines()
    assert not (folder / "release").exists()
    assert not read_ledger(folder.parent).entries


def test_a_blind_run_has_nothing_to_release(tmp_path: Path) -> None:
    mark = Detail("tiny", "", "blind", "", "", "permuted", "ab" * 8)
    folder = made(tmp_path, details=(mark,))
    assert refused(folder) == (
        "tiny: a blind run on permuted rows has no results to release; run the spec without --blind"
    )


def test_a_failing_sample_is_one_line_with_what_was_measured(tmp_path: Path) -> None:
    folder = made(tmp_path, policy="huge")
    assert refused(folder).splitlines() == [
        "tiny: flow: fails population: 1000 where 1e+06 is needed (the sample: 1000 units in the "
        "sample, fewer than 1e+06); ask for a larger sample",
    ]
    page = (folder / "restricted" / "review.html").read_text()
    assert "files fail. Nothing leaves." in page
    signed = refused(folder, signed=Signed("A", "approve", "fine"))
    assert signed.splitlines()[-1] == (
        "tiny: what fails cannot be signed; the decision is not recorded"
    )
    assert not (folder / "restricted" / "signoff.jsonl").exists()


def test_formats_of_tables_that_may_not_leave_are_not_made_and_others_fail(tmp_path: Path) -> None:
    folder = made(tmp_path, policy="pixels")
    assert "tiny: report.html: fails formats (report.html: .html may not leave" in refused(folder)


def test_a_person_looks_where_no_rule_can(tmp_path: Path) -> None:
    folder = made(tmp_path, policy="two", details=(_unproven(),))
    waiting = refused(folder)
    assert waiting.startswith("tiny: ")
    assert "files need the look of 2 persons; open " in waiting
    assert waiting.endswith(
        f"activity-duty release {folder} --sign NAME --decision approve --comment TEXT"
    )
    assert (folder / "restricted" / "proposed" / "details.csv").is_file()
    assert not (folder / "release").exists()

    first = refused(folder, signed=Signed("Anna", "approve", "read"))
    assert "2 persons, 1 did so (Anna); open" in first
    again = refused(folder, signed=Signed("Anna", "approve", "read twice"))
    assert "1 did so (Anna)" in again
    rejected = refused(folder, signed=Signed("Berit", "reject", "too plain"))
    assert rejected == (
        "tiny: rejected by Berit (too plain); change the spec and run it again, or let the same "
        "person approve"
    )
    said = release("tiny", folder.parent, signed=Signed("Berit", "approve", "agreed"))
    assert said[0].endswith("0 numbers suppressed, approved by Anna, Berit")
    assert not (folder / "restricted" / "proposed").exists()
    (entry,) = read_ledger(folder.parent).entries
    assert entry.policy["signed_by"] == ["Anna", "Berit"]
    assert "too plain" in (folder / "restricted" / "review.html").read_text()
    assert not any(b"Anna" in content for content in files(folder).values())


def test_a_signature_holds_for_what_was_signed_and_survives_the_next_run(tmp_path: Path) -> None:
    folder = made(tmp_path, policy="counts", details=(_unproven(),))
    release("tiny", folder.parent, signed=Signed("Anna", "approve", "read"))
    left = files(folder)
    folder = made(tmp_path, policy="counts", details=(_unproven(0.5),))
    assert files(folder) == left
    assert "files need the look of 1 person; open" in refused(folder)
    assert files(folder) == left
    assert "another version" in (folder / "restricted" / "review.html").read_text()


def test_a_changed_signature_is_refused(tmp_path: Path) -> None:
    folder = made(tmp_path, policy="counts", details=(_unproven(),))
    refused(folder, signed=Signed("Anna", "reject", "no"))
    path = folder / "restricted" / "signoff.jsonl"
    path.write_text(path.read_text().replace('"reject"', '"approve"'))
    with pytest.raises(DataError, match=r"signoff.jsonl: line 1 is not as it was written"):
        release("tiny", folder.parent)


@pytest.mark.parametrize("dropped", [0, 4])
def test_samples_too_close_to_a_release_do_not_leave(tmp_path: Path, dropped: int) -> None:
    """With ``dropped`` a step of the sample takes out so few that the count itself is hidden."""
    release("tiny", made(tmp_path, policy="apart").parent)
    close = made(
        tmp_path, "tiny2", "apart", ages=(25, 35), dropped=dropped, n_obs=48_100, n_units=1_004
    )  # fmt: skip
    (line,) = {one for one in refused(close).splitlines() if "estimates.csv" in one}
    assert line.startswith(
        "tiny2: estimates.csv row 1: fails differences: 4 where 10 is needed (tiny2 main y: "
        "differs by 4 units and 100 rows from the sample behind tiny main y, released 2"
    )
    assert line.endswith("leave out what differs, or ask for the very sample that was released")
    assert not (close / "release").exists()
    assert len(read_ledger(close.parent).entries) == 1


def test_a_ledger_that_lost_a_release_stops_the_next(tmp_path: Path) -> None:
    folder = made(tmp_path)
    release("tiny", folder.parent)
    path = folder.parent / ".releases" / "ledger.jsonl"
    path.unlink()
    with pytest.raises(DataError) as error:
        release("tiny", folder.parent)
    assert str(error.value) == (
        f"{path}: does not hold the release in {folder / 'release'}; restore the ledger from a "
        "copy, or move that release elsewhere"
    )


def test_samples_far_apart_and_the_same_sample_again_leave(tmp_path: Path) -> None:
    release("tiny", made(tmp_path, policy="apart").parent)
    far = made(tmp_path, "tiny2", "apart", ages=(25, 35), n_obs=60_000, n_units=1_300)
    release("tiny2", far.parent)
    release("tiny3", made(tmp_path, "tiny3", "apart").parent)
    assert [one.spec_id for one in read_ledger(far.parent).entries] == ["tiny", "tiny2", "tiny3"]


def test_two_runs_too_close_of_which_none_has_left_are_for_a_person(tmp_path: Path) -> None:
    made(tmp_path, "tiny2", "apart", ages=(25, 35), n_obs=48_100, n_units=1_004)
    folder = made(tmp_path, policy="apart")
    assert "need the look of 1 person" in refused(folder)
    page = (folder / "restricted" / "review.html").read_text()
    assert "which has not left; release one of the two" in page


def test_of_two_samples_of_one_run_the_later_is_left_out(tmp_path: Path) -> None:
    more = Estimate(
        "tiny", "wide", "twfe", "att_relative", "y", estimate=0.77123, std_error=0.1,
        n_obs=48_050, n_units=1_003, n_clusters=100,
    )  # fmt: skip
    folder = made(tmp_path, policy="apart", more=(more,))
    release("tiny", folder.parent, signed=Signed("Anna", "approve", "read"))
    there = files(folder)
    assert not any(b"77123" in content for content in there.values())
    assert b"suppressed: differences" in there["estimates.csv"]
    assert b"0.01," in there["estimates.csv"]


def test_the_command_ends_with_its_code_and_one_line_for_each_artefact(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = made(tmp_path, policy="huge")
    monkeypatch.setattr(
        sys, "argv", ["activity-duty", "release", "tiny", "--out", f"{folder.parent}"]
    )
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 13
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("disclosure: tiny: flow: fails population: 1000 where")
    assert len(said.err.splitlines()) == 1


def test_a_run_that_is_not_there_is_named_with_those_that_are(tmp_path: Path) -> None:
    folder = made(tmp_path)
    with pytest.raises(UsageError) as error:
        release("tinyy", folder.parent)
    assert str(error.value) == (
        f"release: no outputs of 'tinyy' in {folder.parent}; run the spec first, or name its "
        "folder (there are: tiny); did you mean tiny?"
    )


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (("A", None, None),
         "release: --sign NAME, --decision approve|reject and --comment TEXT go together"),
        ((None, "approve", "x"),
         "release: --sign NAME, --decision approve|reject and --comment TEXT go together"),
        (("A", "approve", " "),
         "release: --sign NAME, --decision approve|reject and --comment TEXT go together"),
        (("A", "aprove", "x"),
         "--decision: 'aprove' is neither approve nor reject; did you mean approve?"),
    ],
)  # fmt: skip
def test_a_decision_is_whole(words: tuple[str | None, str | None, str | None], line: str) -> None:
    with pytest.raises(UsageError) as error:
        signed_as(*words)
    assert str(error.value) == line


def _unproven(value: float = 0.25) -> Detail:
    """Return a number without any evidence of what stands behind it."""
    return Detail("tiny", "main", "leave_one_out", "y", "", "largest_influence", value)
