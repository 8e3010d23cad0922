"""A lock on a file: one holder, and a file that goes with it."""

import errno
import os
from pathlib import Path

import pytest
from filelock import FileLock, Timeout

from bayes_misalign.report import lock
from bayes_misalign.report.lock import Held, locked


@pytest.fixture(params=["flock", "other means"])
def path(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    if request.param == "other means":
        monkeypatch.setattr(lock, "_flocked", lambda path: None)
    return tmp_path / "lock"


def test_one_holds_it_at_a_time(path: Path) -> None:
    with locked(path):
        with pytest.raises(Held), locked(path):
            raise AssertionError
        with pytest.raises(Timeout):
            FileLock(path).acquire(timeout=0)
    assert not path.exists()
    with FileLock(path), pytest.raises(Held), locked(path):
        raise AssertionError
    with pytest.raises(ZeroDivisionError), locked(path):
        raise ZeroDivisionError
    with locked(path):
        assert path.exists()
    assert not path.exists()


def test_a_file_that_was_removed_before_it_was_locked_is_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, usual = tmp_path / "lock", lock._flock
    for others in (False, True):
        calls = []

        def after_its_end(number: int, others: bool = others, calls: list[int] = calls) -> bool:
            calls.append(number)
            if len(calls) == 1:  # the one before ends between opening and locking
                path.unlink()
                if others:
                    path.touch()
            return usual(number)

        monkeypatch.setattr(lock, "_flock", after_its_end)
        with locked(path):
            assert len(calls) == 2
            assert os.path.samestat(os.fstat(calls[1]), path.stat())
        assert not path.exists()


def test_a_disk_without_flock_is_locked_by_other_means(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import fcntl

    def missing(number: int, how: int) -> None:
        raise OSError(errno.ENOSYS, "Function not implemented")

    path, usual = tmp_path / "lock", fcntl.flock
    monkeypatch.setattr(fcntl, "flock", missing)
    assert lock._flocked(path) is None
    monkeypatch.setattr(fcntl, "flock", usual)
    number = os.open(path, os.O_RDWR | os.O_CREAT)
    os.close(number)
    with pytest.raises(OSError, match="Bad file"):
        lock._flock(number)
