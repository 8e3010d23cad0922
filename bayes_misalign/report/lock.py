"""One writer at a time: a lock on a file that is there while it is held, and no longer."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


class Held(Exception):
    """Somebody else holds the lock."""


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold a lock for a while, or raise `Held` at once."""
    number = _flocked(path)
    if number is None:
        with _by_other_means(path):
            yield
        return
    try:
        yield
    finally:
        # removed while it is held: who opened it before sees that it is gone, and tries again
        with suppress(OSError):
            path.unlink()
        os.close(number)


def _flocked(path: Path) -> int | None:
    """Return an open file that is locked, or None where the system or its disk has no `flock`."""
    if sys.platform == "win32":
        return None
    while True:
        number = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o644)
        try:
            if (found := _flock(number)) and os.path.samestat(os.fstat(number), path.stat()):
                return number
        except FileNotFoundError:  # who held it has removed it
            found = True
        except BaseException:
            os.close(number)
            raise
        os.close(number)
        if not found:
            return None


def _flock(number: int) -> bool:
    """Lock an open file; tell whether that can be done there."""
    assert sys.platform != "win32"
    import fcntl

    try:
        fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno in (errno.EACCES, errno.EAGAIN, errno.EWOULDBLOCK):
            raise Held from error
        if error.errno == errno.ENOSYS:
            return False
        raise
    return True


@contextmanager
def _by_other_means(path: Path) -> Iterator[None]:
    """Hold a lock as every system can; to import that takes as long as to write a folder."""
    from filelock import FileLock, Timeout

    lock = FileLock(path)
    try:
        lock.acquire(timeout=0)
    except Timeout as error:
        raise Held from error
    try:
        yield
    finally:
        with suppress(OSError):  # as above; a system that keeps open files leaves it there
            path.unlink()
        lock.release()
