"""A request to end is heard even where a library swallowed the exception that it raised."""

import contextlib
import signal

import pytest

from evaluation.commands.stoppable import stoppable


@pytest.mark.parametrize(
    ("number", "raised"), [(signal.SIGINT, KeyboardInterrupt), (signal.SIGTERM, SystemExit)]
)
def test_a_swallowed_request_ends_the_work_at_the_next_step(
    number: signal.Signals, raised: type[BaseException]
) -> None:
    before = signal.getsignal(number)
    with pytest.raises(raised) as said, stoppable() as go_on:
        go_on()
        with contextlib.suppress(KeyboardInterrupt, SystemExit):
            signal.raise_signal(number)
        go_on()
    assert signal.getsignal(number) is before
    assert number is signal.SIGINT or said.value.code == 143  # type: ignore[attr-defined]
