"""Versions of distributions without parsing what they say of themselves."""

from importlib.metadata import version
from pathlib import Path

import pytest

from bayes_misalign.inference import installed as versions
from bayes_misalign.inference.installed import MISSING, installed


@pytest.mark.parametrize("name", ["numpy", "bayes-misalign", "arviz_stats", "PyMC", "scipy"])
def test_a_version_is_that_of_the_metadata(name: str) -> None:
    assert installed(name) == version(name)


def test_nobody_has_this() -> None:
    assert installed("no-such-distribution-of-anybody") == MISSING


def test_the_first_on_the_path_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in (1, 2):
        (tmp_path / str(number) / f"odd_name-{number}.0.dist-info").mkdir(parents=True)
    places = [str(tmp_path / "not there"), str(tmp_path / "2"), str(tmp_path / "1")]
    monkeypatch.setattr(versions.sys, "path", places)  # type: ignore[attr-defined]
    versions._folders.cache_clear()
    try:
        assert installed("odd.name") == "2.0"
    finally:
        versions._folders.cache_clear()
