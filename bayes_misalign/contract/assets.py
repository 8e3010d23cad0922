"""Where the cards and defaults of the package's own models lie."""

from __future__ import annotations

from pathlib import Path


def models_root() -> Path:
    """Return the folder of model folders: inside an installed wheel, else in the source tree."""
    package = Path(__file__).parents[1]
    installed = package / "_models"
    return installed if installed.is_dir() else package.parent / "models"
