"""Numbers of the state do not survive reading; other keys stay as they are."""

from __future__ import annotations

import stat
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from evaluation.data.registers.identity import NAME, read_secret
from evaluation.errors import DataError

NUMBER, DUF = "01017012345", "201612345678"


def test_identity_numbers_are_hashed_everywhere(tmp_path: Path, staging: Any) -> None:
    """A number that lost its leading zero as a number is the same person."""
    jobs = tmp_path / "jobs.parquet"
    pq.write_table(pa.table({"person_id": [int(NUMBER)], "job_id": [NUMBER], "ym": [201601]}), jobs)
    staged = staging(
        person=f"person_id;birth_ym;sex\n{NUMBER};199001;1\n",
        sa_spell=f"person_id;from_ym;to_ym\n{NUMBER};201601;201602\n{DUF};201601;201602\n",
        job_month=jobs,
    )
    assert staged.rows("job_month", "person") == staged.rows("person", "person")
    assert staged.touched("unlinked") == (1, 1)
    counts = [(o.table, o.persons, o.rows) for o in staged.staged.touched if o.rule == "identity"]
    assert counts == [("job_month", 1, 1), ("person", 1, 1), ("sa_spell", 2, 2)]
    for key in [*staged.rows("person_key", "key"), *staged.rows("job_month", "job_id")]:
        assert len(key[0]) == len("hashed:") + 32
    kept = [path for path in (tmp_path / "cache").rglob("*") if path.is_file()]
    assert len(kept) >= 5
    for path in kept:
        held = path.read_bytes()
        assert not any(number.encode() in held for number in (NUMBER, NUMBER[1:], DUF))


def test_the_secret_is_the_owners_and_stays(tmp_path: Path) -> None:
    secret = read_secret(tmp_path / "cache")
    assert read_secret(tmp_path / "cache") == secret
    assert len(secret) == 64
    assert read_secret(tmp_path / "other") != secret
    mode = (tmp_path / "cache" / NAME).stat().st_mode
    assert stat.S_IMODE(mode) == 0o600
    assert [path.name for path in (tmp_path / "cache").iterdir()] == [NAME]


def test_leading_zeros_of_keys_are_kept(staging: Any) -> None:
    staged = staging(sa_spell="person_id;from_ym;to_ym\n0012;201601;201602\n9;201601;201601\n")
    assert staged.rows("person_key") == [(1, "0012"), (2, "9")]


def test_keys_with_and_without_leading_zeros_are_refused(staging: Any) -> None:
    with pytest.raises(DataError) as refused:
        staging(
            sa_spell="person_id;from_ym;to_ym\n0012;201601;201602\n",
            charge="person_id;date\n12;2016-01-01\n",
        )
    assert refused.value.faults == (
        "tables: keys of 1 person are there both with and without leading zeros, as where a file "
        "holds keys as numbers; deliver them as text in every file",
    )
