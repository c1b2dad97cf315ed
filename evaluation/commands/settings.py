"""``--set``: what is no setting at all is a fault of the command line, not of any spec."""

from __future__ import annotations

from collections.abc import Sequence

from evaluation.errors import SpecError, UsageError
from evaluation.spec.settings import parse_settings


def refuse_unreadable(texts: Sequence[str]) -> None:
    """Raise where a setting lacks ``=`` or its value is not TOML.

    Raises
    ------
    UsageError
        With every such setting.
    """
    try:
        parse_settings(texts)
    except SpecError as error:
        raise UsageError(*error.faults) from None
