"""Keys are opaque, and the same for a person whoever else is there."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest

from data_synth.shapes.keys import key_column, opaque_ids

PATTERN = re.compile(r"^(w\d{2}_\d{4}_)?lopenr_person$", re.IGNORECASE)


def test_a_key_depends_on_seed_unit_and_number_alone() -> None:
    keys = opaque_ids([1990000001, 1990000002], seed=1)
    assert list(opaque_ids([1990000002], seed=1)) == [keys[1]]
    assert opaque_ids([1990000001], seed=2)[0] not in keys
    assert opaque_ids([1990000001], seed=1, unit="job")[0] not in keys
    assert opaque_ids([-1990000001], seed=1)[0] not in keys


def test_keys_are_sixteen_characters_and_distinct() -> None:
    keys = opaque_ids(range(50_000), seed=7)
    assert len(set(keys)) == 50_000
    assert all(re.fullmatch(r"[0-9a-f]{16}", key) for key in keys[:1000])


def test_keys_keep_no_order() -> None:
    keys = opaque_ids(range(1000), seed=7)
    rising = sum(a < b for a, b in pairwise(keys))
    assert 400 < rising < 600


@pytest.mark.parametrize("share", [0.0, 0.5, 1.0])
def test_key_columns_are_named_as_readers_expect(share: float) -> None:
    names = [key_column(f"file{i}", 7, share) for i in range(200)]
    assert all(PATTERN.match(name) for name in names)
    plain = names.count("lopenr_person") / len(names)
    assert plain == pytest.approx(1.0 - share, abs=0.1)


def test_a_delivery_has_one_prefix_and_several_cases() -> None:
    names = [key_column(f"file{i}", 7, 1.0) for i in range(100)]
    assert len({name.lower() for name in names}) == 1
    assert len(set(names)) == 8
    assert key_column("file1", 8, 1.0).lower() != names[1].lower()
