"""Paths in a spec: placeholders filled, nothing read outside the declared folders."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

from evaluation.errors import SpecError
from evaluation.spec.origin import Origin
from evaluation.spec.settings import PLACEHOLDER_NAME

PLACEHOLDER = re.compile(r"\$\{([^}]*)\}")
PACKAGE = "package:"


def fill(text: str, origin: Origin, where: str) -> str:
    """Return ``text`` with every ``${NAME}`` replaced.

    Raises
    ------
    SpecError
        Where a name is not set, or is none that could be.
    """
    for name in PLACEHOLDER.findall(text):
        if not PLACEHOLDER_NAME.match(name):
            raise SpecError(
                f"{where}: ${{{name}}} is no placeholder; its name is of capital letters, digits "
                "and _, as in ${DATA}"
            )
        if name not in origin.values:
            raise SpecError(
                f"{where}: ${{{name}}} is not set; set the environment variable {name} "
                f"or pass --set {name}=FOLDER"
            )
    return PLACEHOLDER.sub(lambda match: origin.values[match[1]], text)


def own_tree(folder: Path) -> Path:
    """Return the folder within which a spec may read: its ``specs`` folder, else its own."""
    folder = folder.resolve()
    return next((up for up in (folder, *folder.parents) if up.name == "specs"), folder)


def resolved(folder: Path, text: str, where: str) -> Path:
    """Return the absolute path of ``text`` seen from ``folder``, every link followed.

    Raises
    ------
    SpecError
        Where the text is no path.
    """
    try:
        return (folder / Path(text).expanduser()).resolve()
    except (ValueError, RuntimeError, OSError):
        raise SpecError(
            f"{where}: is no path (it holds a null byte, links in a circle, or the home of an "
            "unknown user); give a plain path"
        ) from None


def resolve(text: str, origin: Origin, where: str) -> Path:
    """Return the path that ``text`` names, inside the declared folders.

    Raises
    ------
    SpecError
        Unset placeholder, unknown package, or a path outside the spec's own tree, the filled
        placeholders' folders and ``--allow``.
    """
    if text.startswith(PACKAGE):
        return _in_package(text.removeprefix(PACKAGE), where)
    # What a person types is relative to where they stand; what a spec says, to the spec.
    start = Path.cwd() if text.startswith("${") else origin.folder
    path = resolved(start, fill(text, origin, where), where)
    folders = [own_tree(origin.folder), *(folder.resolve() for folder in origin.allowed)]
    folders += [resolved(start, origin.values[name], where) for name in PLACEHOLDER.findall(text)]
    if not any(path.is_relative_to(folder) for folder in folders):
        raise SpecError(
            f"{where}: lies outside the folders that this spec may read (its own tree, "
            "${NAME} folders, package: paths); pass --allow FOLDER to read it"
        )
    return path


def _in_package(text: str, where: str) -> Path:
    package, _, inside = text.partition("/")
    root = _package_folder(package)
    if root is None:
        raise SpecError(f"{where}: package {package!r} is not installed")
    path = resolved(root, inside, where)
    if not path.is_relative_to(root):
        raise SpecError(f"{where}: leaves the folder of package {package!r}")
    return path


def _package_folder(package: str) -> Path | None:
    """Return a package's own folder; modules that are no package have none to read from."""
    try:
        found = importlib.util.find_spec(package) if package.isidentifier() else None
    except ValueError:
        return None
    if found is None or found.origin is None or not found.submodule_search_locations:
        return None
    return Path(found.origin).parent.resolve()
