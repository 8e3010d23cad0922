"""An interruption that a library catches is raised after it, and nothing else is."""

import signal
import threading
from collections.abc import Callable
from contextlib import suppress

import pytest

from bayes_misalign.inference.interrupted import ending_with_interrupts

pytestmark = pytest.mark.usefixtures("heard")


def going_on() -> None:
    with suppress(KeyboardInterrupt):
        signal.raise_signal(signal.SIGINT)


def failing() -> None:
    going_on()
    raise ValueError("there is nothing")


def faulty() -> None:
    raise ValueError("a fault")


@ending_with_interrupts()
def inside(work: Callable[[], None]) -> None:
    work()


@pytest.mark.parametrize("caught", [going_on, failing])
def test_one_that_was_caught_is_raised_at_the_end(caught: Callable[[], None]) -> None:
    before = signal.getsignal(signal.SIGINT)
    with pytest.raises(KeyboardInterrupt):
        inside(caught)
    assert signal.getsignal(signal.SIGINT) is before


def test_other_errors_are_those_that_they_were() -> None:
    with pytest.raises(ValueError, match="a fault"):
        inside(faulty)


def test_threads_are_left_alone() -> None:
    before, seen = signal.getsignal(signal.SIGINT), []
    thread = threading.Thread(
        target=lambda: inside(lambda: seen.append(signal.getsignal(signal.SIGINT)))
    )
    thread.start()
    thread.join()
    assert seen == [before]


def test_a_process_that_ignores_it_goes_on() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    inside(going_on)
    assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
