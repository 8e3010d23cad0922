"""Templates that were compiled once are not compiled again, and nothing rests on it."""

from pathlib import Path

import jinja2
import pytest

from bayes_misalign.kept_folder import SWITCH
from bayes_misalign.page.kept_templates import kept_templates
from bayes_misalign.page.templates import templates_in

TEXT = "Hello {{ name }}"


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(SWITCH, str(tmp_path / "kept"))
    return tmp_path / "kept"


@pytest.fixture
def compiled(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Texts that jinja compiled."""
    seen: list[str] = []
    real = jinja2.Environment.compile

    def counted(self: jinja2.Environment, source: str, *more: object, **options: object) -> object:
        seen.append(source)
        return real(self, source, *more, **options)  # type: ignore[call-overload]

    monkeypatch.setattr(jinja2.Environment, "compile", counted)
    return seen


def said(folder: Path) -> str:
    """Render a template as a new process does."""
    return templates_in.__wrapped__(folder).get_template("one.j2").render(name="<b>")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "templates"
    made.mkdir()
    (made / "one.j2").write_text(TEXT)
    return made


@pytest.mark.usefixtures("place")
def test_a_template_is_compiled_once_and_again_where_its_text_is_another(
    folder: Path, compiled: list[str]
) -> None:
    assert [said(folder), said(folder)] == ["Hello &lt;b&gt;"] * 2
    assert compiled == [TEXT]
    (folder / "one.j2").write_text(f"{TEXT}!")
    assert said(folder) == "Hello &lt;b&gt;!"
    assert compiled == [TEXT, f"{TEXT}!"]


def test_what_is_damaged_is_compiled_again(place: Path, folder: Path, compiled: list[str]) -> None:
    said(folder)
    (kept,) = place.iterdir()
    whole = kept.read_bytes()
    for damaged in (b"", whole[:40], whole[:-1], whole[:-9] + b"?" + whole[-8:]):
        kept.write_bytes(damaged)
        assert said(folder) == "Hello &lt;b&gt;"
    assert compiled == [TEXT] * 5


def test_nothing_is_kept_where_it_is_off_or_others_may_write(
    place: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place.mkdir()
    place.chmod(0o777)
    assert said(folder) == "Hello &lt;b&gt;"
    assert not list(place.iterdir())
    monkeypatch.setenv(SWITCH, "off")
    assert kept_templates() is None
    monkeypatch.setenv(SWITCH, str(folder / "one.j2" / "below"))  # where no folder can be made
    assert kept_templates() is None


def test_a_disk_that_is_full_stops_no_page(
    place: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("bayes_misalign.page.kept_templates.write_whole", full)
    assert said(folder) == "Hello &lt;b&gt;"
    assert not list(place.iterdir())


def test_all_are_cleared(place: Path, folder: Path) -> None:
    said(folder)
    (place / "one.code").write_bytes(b"")
    kept = kept_templates()
    assert kept is not None
    kept.clear()
    assert [path.name for path in place.iterdir()] == ["one.code"]
