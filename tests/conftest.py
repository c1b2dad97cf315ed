"""What every test shares: one thread a process, no display, and skips that CI can forbid."""

from __future__ import annotations

import gc
import os

# A search for cycles walks all that thousands of tests and a dozen libraries hold: a rare one does.
gc.set_threshold(20_000, 50, 100)
# Before numpy loads: two test processes share two cores, and threads would only get in the way.
for _variable in (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "NUMBA_NUM_THREADS",
    "POLARS_MAX_THREADS",
):
    os.environ.setdefault(_variable, "1")
os.environ["MPLBACKEND"] = "Agg"

from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

ROOT = Path(__file__).resolve().parent.parent

settings.register_profile(
    "project",
    derandomize=True,
    database=None,
    deadline=None,
    max_examples=30,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
settings.load_profile("project")

# Folders whose files share something dear to set up, so that one process runs them all.
TOGETHER = (
    "tests/data/registers/columns",
    "tests/data/registers/municipalities",
    "tests/data/registers/panel",
    "tests/data/registers/shapes",
    "tests/data_synth/shapes",
    "tests/release/bundle",
)

# Persons of a part of a simulation, and parts, that a process of tests remembers.
LARGEST_REMEMBERED, MOST_REMEMBERED = 8_000, 12

Require = Callable[[str, bool, str], None]


def _require(name: str, present: bool, reason: str) -> None:
    """Skip with ``reason`` where a thing is absent; fail if ``REQUIRE`` lists its ``name``."""
    if present:
        return
    required = {word.strip() for word in os.environ.get("REQUIRE", "").split(",")}
    if name in required:
        pytest.fail(f"REQUIRE lists {name!r}: {reason}", pytrace=False)
    pytest.skip(reason)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Return what hands tests to processes by file, or by folder of ``TOGETHER``.

    What a file sets up is set up once. Slow files come first, as ``pytest_collection_modifyitems``
    has them, so that no process ends on a long one while the other waits.
    """
    if config.getvalue("dist") != "loadfile":
        return None
    from xdist.scheduler import LoadFileScheduling

    class ByFile(LoadFileScheduling):
        def _split_scope(self, nodeid: str) -> str:
            file = str(super()._split_scope(nodeid))
            folder = file.rpartition("/")[0]
            return folder if folder in TOGETHER else file

    config.option.loadscopereorder = False
    return ByFile(config, log)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Put files with slow tests first, where processes share the tests."""
    if hasattr(config, "workerinput"):
        slow = {item.path for item in items if item.get_closest_marker("slow")}
        items.sort(key=lambda item: item.path not in slow)


def pytest_collection_finish() -> None:
    """Spare what is collected and imported by now the search for cycles: it stays to the end."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def require() -> Require:
    """Return the function to call with a thing's name, whether it is there, and why not."""
    return _require


@pytest.fixture(scope="session")
def root() -> Path:
    """Return the project's root folder."""
    return ROOT


@pytest.fixture(scope="session")
def shared_data(require: Require) -> Path:
    """Return the folder of public data beside the checkout, which the project does not copy."""
    folder = ROOT.parent / "shared" / "data"
    require("shared", folder.is_dir(), "no ../shared/data beside the checkout")
    return folder


@pytest.fixture(scope="session", autouse=True)
def own_cache(
    pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Path]:
    """Remember truths in the session's own folder, never in the user's."""
    base = tmp_path_factory.getbasetemp()
    # The processes of one session have folders side by side, and simulate a truth once for all.
    folder = (base.parent if hasattr(pytestconfig, "workerinput") else base) / "cache"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ACTIVITY_DUTY_CACHE", str(folder))
        yield folder


@pytest.fixture(scope="session", autouse=True)
def built_once() -> Iterator[None]:
    """Build the parser of the command line once a process: it takes longer than most refusals."""
    import typer.main

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(typer.main, "get_command", cache(typer.main.get_command))
        yield


@pytest.fixture(scope="session")
def remembered_lives() -> Callable[..., Any]:
    """Return ``simulate_chunk`` with a memory: runs of one small world share their persons."""
    from data_synth.life.simulate import simulate_chunk

    memory: dict[Any, Any] = {}

    def remembered(world: Any, chunk: Any, *asked: Any) -> Any:
        if chunk.count > LARGEST_REMEMBERED:
            return simulate_chunk(world, chunk, *asked)
        key = (world.digest, chunk, *asked)
        lives = memory.pop(key, None)
        memory[key] = simulate_chunk(world, chunk, *asked) if lives is None else lives
        if len(memory) > MOST_REMEMBERED:
            del memory[next(iter(memory))]
        return memory[key]

    return remembered


@pytest.fixture(scope="module", autouse=True)
def lives_once(
    request: pytest.FixtureRequest, remembered_lives: Callable[..., Any]
) -> Iterator[None]:
    """Let the program simulate persons once, but where the simulation itself is tested."""
    if "data_synth" in request.path.parts:
        yield
        return
    from data_synth.life import recording
    from data_synth.panel import frame

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(recording, "simulate_chunk", remembered_lives)
        patch.setattr(frame, "simulate_chunk", remembered_lives)
        yield


@pytest.fixture(scope="session")
def remembered_pictures() -> Callable[..., bytes]:
    """Return ``render`` with a memory: the same points and words are drawn once a process."""
    from evaluation.report.figures.render import render

    # With what drew it: what stays cannot give its address, by which it is known, to another.
    memory: dict[Any, tuple[Any, bytes]] = {}

    def remembered(plot: Any, words: Any, to: str = "png") -> bytes:
        draw = plot.draw
        drawn_by = (getattr(draw, "func", draw), getattr(draw, "args", ()))
        key = (plot.name, to, words.code, repr(plot.points), repr(drawn_by))
        key += (repr(getattr(draw, "keywords", {})),)
        if key not in memory:
            memory[key] = draw, render(plot, words, to)
        return memory[key][1]

    return remembered


@pytest.fixture(scope="module", autouse=True)
def light_pictures(
    request: pytest.FixtureRequest, remembered_pictures: Callable[..., bytes]
) -> Iterator[None]:
    """Draw once and at a third of the density, but where the look of reports is tested."""
    if "report" in request.path.parts:
        yield
        return
    from evaluation.report import pictures
    from evaluation.report.figures import render, style

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(render, "DENSITY", style.DENSITY // 3)
        for module in (pictures, render):
            patch.setattr(module, "render", remembered_pictures)
        yield


@pytest.fixture
def small_truth(monkeypatch: pytest.MonkeyPatch) -> None:
    """Draw a tenth of the persons of a truth, for tests that hold no number of it."""
    from dataclasses import replace

    from evaluation.checks import known_truth

    whole = known_truth.superpopulation

    def small(spec: Any) -> Any:
        found = whole(spec)
        return replace(found, persons=found.persons // 10)

    monkeypatch.setattr(known_truth, "superpopulation", small)
