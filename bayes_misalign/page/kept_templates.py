"""Templates as Python runs them, kept beside compiled models by jinja's own cache of bytecode."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from jinja2.bccache import Bucket, BytecodeCache

from bayes_misalign.kept_folder import folder, made_own, read_whole, write_whole

ENDING = ".template"


class KeptTemplates(BytecodeCache):
    """What was compiled of templates; where it cannot be read or written, they are compiled."""

    def __init__(self, place: Path) -> None:
        self._place = place

    def _file(self, bucket: Bucket) -> Path:
        return self._place / f"{bucket.key}{ENDING}"

    def load_bytecode(self, bucket: Bucket) -> None:
        """Read it if it is there: jinja looks whether it is of the same text and Python."""
        with suppress(OSError):
            if (content := read_whole(self._file(bucket))) is not None:
                bucket.bytecode_from_string(content)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Write it."""
        with suppress(OSError):
            write_whole(self._file(bucket), bucket.bytecode_to_string())

    def clear(self) -> None:
        """Remove all of them."""
        for path in self._place.glob(f"*{ENDING}"):
            path.unlink(missing_ok=True)


def kept_templates() -> KeptTemplates | None:
    """Return what keeps them; None where nothing is to be kept, or others may write the folder."""
    place = folder()
    with suppress(OSError, AttributeError):  # no owners on Windows
        if place is not None and made_own(place):
            return KeptTemplates(place)
    return None
