"""User errors, each with the exit code that the command ends with."""

from __future__ import annotations


class UserError(Exception):
    """A mistake the user can mend: one line that says what, where, what is allowed and what to do.

    Parameters
    ----------
    faults
        One or more complete lines. None may hold a row value or an identifier.
    """

    exit_code = 1
    label = "error"

    def __init__(self, *faults: str) -> None:
        self.faults: tuple[str, ...] = faults
        super().__init__("\n".join(faults))


class UsageError(UserError):
    """The command line itself is off."""

    exit_code = 2
    label = "usage"


class SpecError(UserError):
    """The text of the spec alone shows the mistake."""

    exit_code = 10
    label = "spec"


class DataError(UserError):
    """Reading the data shows the mistake."""

    exit_code = 11
    label = "data"


class InsufficientDesign(DataError):
    """The data are in order, and the design lacks what an answer needs: no number is given.

    A run that meets it ends in status ``insufficient`` and code 0; elsewhere it is an error of the
    data.

    Parameters
    ----------
    faults
        As in every user error.
    reason
        What the result row says.
    missing
        Words of ``spec/missing.py``.
    """

    def __init__(self, *faults: str, reason: str = "", missing: tuple[str, ...] = ()) -> None:
        super().__init__(*faults)
        self.reason = reason or "; ".join(faults)
        self.missing = missing


class EstimationError(UserError):
    """A model cannot be estimated on data that are otherwise in order."""

    exit_code = 12
    label = "estimation"


class DisclosureError(UserError):
    """The release policy refuses."""

    exit_code = 13
    label = "disclosure"


class VerificationError(UserError):
    """A number recomputed differs from the number printed."""

    exit_code = 14
    label = "verification"


class EnvironmentProblem(UserError):
    """The machine lacks something: a folder that can be written, a package, memory."""

    exit_code = 15
    label = "environment"


class GateError(UserError):
    """A gate named by ``--require`` failed."""

    exit_code = 16
    label = "gate"


def exit_code_of(errors: list[UserError]) -> int:
    """Return the highest exit code among ``errors``, 0 for none."""
    return max((error.exit_code for error in errors), default=0)
