"""Compiled models are found again, give the same draws, and never others'."""

import json
import os
import subprocess
import sys
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import pymc as pm
import pytest

from bayes_misalign.inference import code_store, nuts, upstream
from bayes_misalign.inference.machine_code import Unloadable
from bayes_misalign.kept_folder import SWITCH, folder
from bayes_misalign.study.options import Fitting

FITTING = Fitting(draws=60, tune=200, chains=2, seed=11)
HERE = not upstream.supported()
only_here = pytest.mark.skipif(not HERE, reason=f"nothing is kept here: {upstream.supported()}")


def model(yes: int = 7, scale: float = 1.0) -> pm.Model:
    with pm.Model(coords={"who": ["a", "b"]}) as made:
        given = pm.Data("yes", np.array([yes, 5.0]), dims="who")
        share = pm.Beta("share", 1.0, 2.0, dims="who")
        sd = pm.HalfNormal("sd", scale)
        pm.Deterministic("odds", share / (1 - share), dims="who")
        pm.Potential("seen", (given * pm.math.log(share)).sum() - (share.sum() / sd) ** 2)
    return made


def draws(found: Any) -> dict[str, Any]:
    return {str(name): x.values for name, x in found["posterior"].data_vars.items()}


def same(one: dict[str, Any], other: dict[str, Any]) -> bool:
    return one.keys() == other.keys() and all(np.array_equal(x, other[k]) for k, x in one.items())


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of its own, and nothing in memory."""
    monkeypatch.setenv(SWITCH, str(tmp_path / "code"))
    monkeypatch.setattr(nuts, "_IN_MEMORY", {})
    return tmp_path / "code"


def test_nothing_is_kept_where_that_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    for said in ("off", "OFF", "0", ""):
        monkeypatch.setenv(SWITCH, said)
        assert folder() is None
        assert code_store.read("key") is None
        assert code_store.size() == (0, 0)
        assert code_store.clear() == 0
    monkeypatch.delenv(SWITCH)
    monkeypatch.setenv("XDG_CACHE_HOME", "/somewhere")
    assert folder() == Path("/somewhere/bayes-misalign/compiled")


def test_private_names_are_those_of_the_versions_they_were_tested_with() -> None:
    if sys.platform != "linux":
        pytest.skip("nothing is kept on other platforms")
    # where this fails, look at every name in `inference/upstream.py`, then state the new version
    assert upstream.supported() == ""


def test_nutpie_does_without_all_of_arviz() -> None:
    code = (
        "import sys\nfrom bayes_misalign.inference.upstream import import_nutpie\n"
        "nutpie = import_nutpie()\nassert 'arviz' not in sys.modules\n"
        "import nutpie.sample, arviz_base\n"
        "held = sys.modules['nutpie.sample'].arviz\n"
        "assert held.from_dict is arviz_base.from_dict\n"
        "assert held.dict_to_dataset is arviz_base.dict_to_dataset\n"
        "assert import_nutpie() is nutpie\n"
        "assert held.plot_dist.__module__.startswith('arviz_plots')\n"  # given by the real one
        "assert sys.modules['arviz'].from_dict is held.from_dict\n"
    )
    subprocess.run([sys.executable, "-W", "ignore", "-c", code], check=True, timeout=300)


def test_the_time_of_compiling_is_remembered(place: Path) -> None:
    assert code_store.seconds("rated") is None
    code_store.remember("rated", 41.26)
    code_store.remember("judged", 12.0)
    assert code_store.seconds("rated") == 41.3
    assert place.stat().st_mode & 0o777 == 0o700
    (place / code_store.TIMES).write_text("[1")
    assert code_store.seconds("rated") is None


@only_here
@pytest.mark.slow
def test_draws_are_the_same_made_found_in_memory_on_disk_elsewhere_and_without(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    made = draws(nuts.Frozen(model(), kind="small", say=said.append).sample(FITTING))
    assert said == ["compiling the model (10 to 60 seconds the first time, less after that)"]
    files = list(place.glob("*.code"))
    assert len(files) == 1
    assert code_store.seconds("small") is not None

    def no_compiling(*_: Any) -> Any:
        raise AssertionError("compiled again")

    with monkeypatch.context() as patch:
        patch.setattr(upstream, "make", no_compiling)
        assert same(made, draws(nuts.Frozen(model(), say=said.append).sample(FITTING)))
        nuts._IN_MEMORY.clear()
        assert same(made, draws(nuts.Frozen(model(), say=said.append).sample(FITTING)))
        # other data of the shape, and as many of them as are asked
        other = draws(nuts.Frozen(model(yes=2), say=said.append).sample(FITTING))
    assert len(said) == 1
    assert not same(made, other)
    monkeypatch.setenv(SWITCH, "off")
    plain = draws(nuts.Frozen(model(yes=2)).sample(FITTING))
    assert same(other, plain)
    monkeypatch.setenv(SWITCH, str(place))
    longer = Fitting(draws=60, tune=400, chains=2, seed=11, target_accept=0.95)
    assert not same(made, draws(nuts.Frozen(model()).sample(longer)))
    nuts.Frozen(model(scale=2.0))  # another prior is another model
    assert len(list(place.glob("*.code"))) == 2


@only_here
@pytest.mark.slow
def test_damage_is_noticed_before_anything_is_loaded(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    nuts.Frozen(model())
    (path,) = place.glob("*.code")
    whole, key = path.read_bytes(), path.stem
    assert code_store.read(key) is not None

    def loaded(*_: Any) -> Any:
        raise AssertionError("damaged code was loaded")

    rng = np.random.default_rng(3)
    with monkeypatch.context() as patch:
        patch.setattr(upstream, "load", loaded)
        for at in rng.integers(len(whole), size=40):
            path.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
            with pytest.raises(Unloadable, match="damaged"):
                code_store.read(key)
            assert not path.exists()
        path.write_bytes(whole[:-1])
        with pytest.raises(Unloadable, match="damaged"):
            code_store.read(key)
        # a file of another model, whole in itself
        (place / f"{'0' * 64}.code").write_bytes(whole)
        with pytest.raises(Unloadable, match="another's"):
            code_store.read("0" * 64)


def changed(content: bytes, **more: Any) -> bytes:
    """The file with other statements about the code, whole in itself."""
    header, _, code = content.partition(b"\n")[2].partition(b"\n")
    stated = json.loads(header)
    for name, value in more.items():
        stated = stated | {name: value} if name in stated else stated
        if name in stated["machine"]:
            stated["machine"][name] = value
    rest = json.dumps(stated).encode() + b"\n" + code
    return sha256(rest).hexdigest().encode() + b"\n" + rest


@only_here
@pytest.mark.slow
def test_code_that_cannot_be_used_is_refused_and_compiled_again(place: Path) -> None:
    first = draws(nuts.Frozen(model()).sample(FITTING))
    (path,) = place.glob("*.code")
    whole = path.read_bytes()
    none = {"logp": [], "expand": []}
    troubles = {
        "it does not compute what it did": {"outcomes": [["0"] * 4] * 2},
        "there is no function of_nobody": {"needed": none | {"logp": ["of_nobody"]}},
        "nobody knows the address of nobody.knows": {
            "slots": none | {"logp": ["_ptr_cache_nobody.knows"]}
        },
        "another's": {"format": code_store.FORMAT + 1},
    }
    for why, more in troubles.items():
        nuts._IN_MEMORY.clear()
        path.write_bytes(changed(whole, **more))
        said: list[str] = []
        again = nuts.Frozen(model(), say=said.append)
        assert why in said[0]
        assert said[1].startswith("compiling the model")
        assert same(first, draws(again.sample(FITTING)))
    # whatever else goes wrong, the plain way is there
    nuts._IN_MEMORY.clear()
    said = []
    with pytest.MonkeyPatch.context() as patch:

        def broken(*_: Any) -> Any:
            raise RuntimeError("a surprise")

        patch.setattr(upstream, "load", broken)
        plain = nuts.Frozen(model(), say=said.append)
    assert "note: compiling without what was kept of other fits (a surprise)" in said
    assert same(first, draws(plain.sample(FITTING)))


@only_here
@pytest.mark.slow
def test_the_folder_is_its_owners_alone_and_has_a_largest_size(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    nuts.Frozen(model())
    (path,) = place.glob("*.code")
    assert code_store.size() == (1, path.stat().st_size)
    monkeypatch.setattr(code_store, "MOST_BYTES", path.stat().st_size + 1000)
    os.utime(path, (1, 1))
    nuts.Frozen(model(scale=3.0))
    assert not path.exists()  # the one not used for longest
    assert code_store.size()[0] == 1
    place.chmod(0o777)
    said: list[str] = []
    nuts._IN_MEMORY.clear()
    nuts.Frozen(model(scale=3.0), say=said.append)
    assert "others may write" in said[0]
    place.chmod(0o700)
    assert code_store.clear() == 1
    assert not list(place.glob("*"))
