"""Fill a folder with the wheels that an installation without internet needs.

Starts at the project's own wheel and follows each wheel's declared requirements, under the
markers of the *target* machine, to the versions and hashes in ``requirements.lock``. (``pip
download --platform`` by itself evaluates markers for the machine it runs on.)
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from email.parser import BytesHeaderParser
from pathlib import Path

from lock import LOCK, Entry, entries
from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name, parse_wheel_filename
from steps import ROOT, step

# Old pips take each tag literally, so the manylinux tags are listed one by one. 2.28 is the
# C library of the enterprise distributions that secure zones run.
LINUX_TAGS = (
    "linux_x86_64",
    "manylinux1_x86_64",
    "manylinux2010_x86_64",
    "manylinux2014_x86_64",
    *(f"manylinux_2_{minor}_x86_64" for minor in (5, 12, 17, 24, 26, 27, 28)),
)


@dataclass(frozen=True, slots=True)
class Target:
    """The machine to install on: marker values, and the options that pip chooses wheels by."""

    title: str
    markers: Mapping[str, str]
    pip_options: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Need:
    """A requirement to follow: canonical name and the extras asked for."""

    name: str
    extras: frozenset[str]


def target_of(platform: str, python: str) -> Target:
    """Describe the target: ``platform`` is native, linux or windows; ``python`` is like 3.12."""
    if platform == "native":
        here = {key: str(value) for key, value in default_environment().items()}
        return Target(f"this machine, Python {here['python_version']}", here, ())
    system = {
        "linux": ("posix", "x86_64", "Linux", "linux", LINUX_TAGS),
        "windows": ("nt", "AMD64", "Windows", "win32", ("win_amd64",)),
    }
    os_name, machine, name, sys_platform, tags = system[platform]
    markers = {
        "implementation_name": "cpython",
        "implementation_version": f"{python}.0",
        "os_name": os_name,
        "platform_machine": machine,
        "platform_python_implementation": "CPython",
        "platform_release": "",
        "platform_system": name,
        "platform_version": "",
        "python_full_version": f"{python}.0",
        "python_version": python,
        "sys_platform": sys_platform,
    }
    options = ["--python-version", python, "--implementation", "cp"]
    for tag in tags:
        options += ["--platform", tag]
    return Target(f"{name} ({machine}), Python {python}", markers, tuple(options))


def pins_for(lock: Iterable[Entry], target: Target) -> dict[str, Entry]:
    """Return the lock's entries that apply on the target machine, by name."""
    markers = dict(target.markers)
    return {
        entry.name: entry
        for entry in lock
        if entry.marker is None or entry.marker.evaluate(markers)
    }


def needs_of(wheel: Path, extras: frozenset[str], target: Target) -> set[Need]:
    """Read what a wheel requires on the target machine, with the extras asked for."""
    with zipfile.ZipFile(wheel) as archive:
        name = next(n for n in archive.namelist() if n.endswith(".dist-info/METADATA"))
        header = BytesHeaderParser().parsebytes(archive.read(name))
    needs: set[Need] = set()
    for line in header.get_all("Requires-Dist", []):
        wanted = Requirement(str(line))
        environments = [{**target.markers, "extra": extra} for extra in {"", *extras}]
        if wanted.marker is None or any(wanted.marker.evaluate(e) for e in environments):
            needs.add(Need(canonicalize_name(wanted.name), frozenset(wanted.extras)))
    return needs


def wheels_in(folder: Path) -> dict[str, list[Path]]:
    """Return the wheels of a folder by canonical name."""
    found: dict[str, list[Path]] = {}
    for wheel in sorted(folder.glob("*.whl")):
        found.setdefault(parse_wheel_filename(wheel.name)[0], []).append(wheel)
    return found


def download(pins: Iterable[Entry], folder: Path, target: Target) -> str:
    """Fetch the pinned wheels into a folder; return pip's complaint, empty if all came."""
    lines = []
    for pin in pins:
        hashes = " ".join(f"--hash={value}" for value in pin.hashes)
        lines.append(f"{pin.name}=={pin.version} {hashes}\n")
    with tempfile.TemporaryDirectory() as scratch:
        wanted = Path(scratch) / "wanted.txt"
        wanted.write_text("".join(lines), encoding="utf-8")
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
        command += ["--disable-pip-version-check", "--only-binary=:all:", "--require-hashes"]
        command += [*target.pip_options, "--dest", str(folder), "-r", str(wanted)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode == 0:
        return ""
    errors = [line for line in done.stderr.splitlines() if line.startswith("ERROR")]
    return "\n".join(errors) or done.stderr.strip()


def fetch(pins: list[Entry], folder: Path, target: Target) -> tuple[list[str], str]:
    """Fetch wheels together, one by one if that fails; return the names missing and why."""
    complaint = download(pins, folder, target)
    if not complaint:
        return [], ""
    missing = [f"{pin.name} {pin.version}" for pin in pins if download([pin], folder, target)]
    return missing, complaint


def fill(folder: Path, own: Path, pins: Mapping[str, Entry], target: Target) -> list[str]:
    """Follow requirements from the project's wheel until none is new; return what is missing."""
    missing: list[str] = []
    seen: set[Need] = set()
    frontier = needs_of(own, frozenset(), target)
    while frontier:
        names = sorted({need.name for need in frontier} - {need.name for need in seen})
        unlocked = [name for name in names if name not in pins]
        if unlocked:
            return [f"{name} (not in requirements.lock)" for name in unlocked]
        if names:
            print(f"  {len(names)} more: {', '.join(names)}", flush=True)
            absent, complaint = fetch([pins[name] for name in names], folder, target)
            if absent:
                print(complaint)
                missing += absent
        seen |= frontier
        have = wheels_in(folder)
        following = {
            need
            for asked in frontier
            for wheel in have.get(asked.name, [])
            if str(parse_wheel_filename(wheel.name)[1]) == pins[asked.name].version
            for need in needs_of(wheel, asked.extras, target)
        }
        frontier = following - seen
    return missing


def prune(folder: Path, lock: Iterable[Entry], own: Path) -> None:
    """Remove wheels that the lock no longer names, so that pip cannot choose a stale version."""
    current = {(entry.name, entry.version) for entry in lock}
    for wheels in wheels_in(folder).values():
        for wheel in wheels:
            name, version, *_ = parse_wheel_filename(wheel.name)
            if wheel != own and (name, str(version)) not in current:
                wheel.unlink()


def main() -> int:
    """Fill the wheelhouse and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--platform", choices=("native", "linux", "windows"), default="native")
    parser.add_argument("--python", default=f"{sys.version_info.major}.{sys.version_info.minor}")
    parser.add_argument("--folder", type=Path, default=ROOT / "wheelhouse")
    asked = parser.parse_args()
    target = target_of(asked.platform, asked.python)
    folder = asked.folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    print(f"Filling {folder.name}/ for {target.title}")
    build = [sys.executable, "-m", "pip", "wheel", "--no-deps", "--no-build-isolation"]
    build += ["--disable-pip-version-check", "--wheel-dir", str(folder), str(ROOT)]
    if not step("the project's own wheel", build):
        return 1
    own = max(folder.glob("activity_duty-*.whl"), key=lambda wheel: wheel.stat().st_mtime)
    lock = entries(LOCK.read_text(encoding="utf-8"))
    prune(folder, lock, own)
    missing = fill(folder, own, pins_for(lock, target), target)
    if missing:
        print(f"wheelhouse: no wheel for {target.title}: {', '.join(missing)}", file=sys.stderr)
        return 15
    wheels = list(folder.glob("*.whl"))
    size = sum(wheel.stat().st_size for wheel in wheels) / 1e6
    print(f"  {len(wheels)} wheels, {size:.0f} MB. On the machine without internet:")
    print(f"  pip install --no-index --find-links {folder.name} activity-duty")
    return 0


if __name__ == "__main__":
    sys.exit(main())
