"""The outputs of the small study, and its bundles, made once."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from types import ModuleType

import pytest

from evaluation.release.bundle.write import Written, bundle_of


@pytest.fixture(scope="session")
def towns() -> ModuleType:
    """Return the module of the study."""
    path = Path(__file__).parent / "towns.py"
    spec = importlib.util.spec_from_file_location("bundle_towns", path)
    if spec is None or spec.loader is None:
        raise ImportError(path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def outputs(towns: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return what a run of the study wrote."""
    return Path(towns.run(tmp_path_factory.mktemp("towns")))


@pytest.fixture(scope="session")
def written(towns: ModuleType, outputs: Path) -> Callable[[str], Written]:
    """Return the bundle of the study under a policy."""
    return cache(lambda policy: bundle_of(towns.contents(outputs, policy)))


@pytest.fixture
def bundle(written: Callable[[str], Written], tmp_path: Path) -> Path:
    """Return a bundle from which nothing was taken."""
    path = tmp_path / "bundle.zip"
    path.write_bytes(written("none").content)
    return path
