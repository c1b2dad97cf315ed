"""What is raised where cells turn out not to be enough for one model."""

from __future__ import annotations


class NeedsRows(Exception):
    """Cells cannot answer a model exactly: it goes to the rows, or is refused without them.

    Parameters
    ----------
    reason
        A clause without a full stop, as in ``explain --plan``.
    """

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)
