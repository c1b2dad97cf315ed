"""The wheelhouse follows requirements under the markers of the machine it is for."""

from __future__ import annotations

import zipfile
from pathlib import Path
from types import ModuleType

import pytest


def write_wheel(folder: Path, name: str, version: str, *requires: str) -> Path:
    lines = ["Metadata-Version: 2.4", f"Name: {name}", f"Version: {version}"]
    lines += [f"Requires-Dist: {line}" for line in requires]
    path = folder / f"{name}-{version}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(f"{name}-{version}.dist-info/METADATA", "\n".join(lines) + "\n\n")
    return path


def names(needs: set[object]) -> set[str]:
    return {need.name for need in needs}  # type: ignore[attr-defined]


def test_needs_follow_target_markers_and_extras(
    tmp_path: Path, wheelhouse_script: ModuleType
) -> None:
    wheel = write_wheel(
        tmp_path,
        "sample",
        "1.0",
        "always>=1",
        'only_windows; sys_platform == "win32"',
        'only_linux; sys_platform == "linux"',
        'Old.Python; python_version < "3.12"',
        'plotting; extra == "plot"',
    )
    target = wheelhouse_script.target_of
    needs = wheelhouse_script.needs_of
    none: frozenset[str] = frozenset()
    windows = names(needs(wheel, none, target("windows", "3.11")))
    assert windows == {"always", "only-windows", "old-python"}
    assert names(needs(wheel, none, target("linux", "3.12"))) == {"always", "only-linux"}
    plotted = names(needs(wheel, frozenset({"plot"}), target("linux", "3.12")))
    assert plotted == {"always", "only-linux", "plotting"}


def test_fill_walks_to_the_end_and_names_what_is_missing(
    tmp_path: Path,
    lock_script: ModuleType,
    wheelhouse_script: ModuleType,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shelf = {
        "alpha": ("beta", "gamma[fast]"),
        "beta": (),
        "gamma": ('delta; extra == "fast"', "alpha"),
        "delta": ("absent",),
    }

    def download(pins: list[object], folder: Path, target: object) -> str:
        for pin in pins:
            name = pin.name  # type: ignore[attr-defined]
            if name not in shelf:
                return f"no {name}"
            write_wheel(folder, name, "1.0", *shelf[name])
        return ""

    monkeypatch.setattr(wheelhouse_script, "download", download)
    own = write_wheel(tmp_path, "own", "0.1", "alpha")
    text = "".join(f"{name}==1.0 --hash=sha256:{'0' * 64}\n" for name in [*shelf, "absent"])
    target = wheelhouse_script.target_of("windows", "3.12")
    pins = wheelhouse_script.pins_for(lock_script.entries(text), target)
    assert wheelhouse_script.fill(tmp_path, own, pins, target) == ["absent 1.0"]
    assert set(wheelhouse_script.wheels_in(tmp_path)) == {"own", *shelf}
    del pins["absent"]
    missing = wheelhouse_script.fill(tmp_path, own, pins, target)
    assert missing == ["absent (not in requirements.lock)"]


def test_prune_removes_versions_that_the_lock_left_behind(
    tmp_path: Path, lock_script: ModuleType, wheelhouse_script: ModuleType
) -> None:
    own = write_wheel(tmp_path, "own", "0.2")
    stale = [write_wheel(tmp_path, "own", "0.1"), write_wheel(tmp_path, "alpha", "0.9")]
    kept = write_wheel(tmp_path, "alpha", "1.0")
    lock = lock_script.entries(f"alpha==1.0 --hash=sha256:{'0' * 64}\n")
    wheelhouse_script.prune(tmp_path, lock, own)
    assert own.exists() and kept.exists()
    assert not any(path.exists() for path in stale)
