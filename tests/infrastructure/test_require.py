"""A skip for a listed thing is a failure."""

from __future__ import annotations

from collections.abc import Callable

import pytest

Require = Callable[[str, bool, str], None]


def test_present_goes_on(require: Require, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REQUIRE", "lamp")
    require("lamp", True, "unused")


@pytest.mark.parametrize("value", ["", "shared", "lamps, shared"])
def test_absent_and_not_listed_skips(
    value: str, require: Require, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REQUIRE", value)
    with pytest.raises(pytest.skip.Exception, match="no lamp here"):
        require("lamp", False, "no lamp here")


@pytest.mark.parametrize("value", ["lamp", "shared, lamp"])
def test_absent_and_listed_fails(
    value: str, require: Require, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REQUIRE", value)
    with pytest.raises(pytest.fail.Exception, match="no lamp here"):
        require("lamp", False, "no lamp here")
