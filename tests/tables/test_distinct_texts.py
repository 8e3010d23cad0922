import random

import numpy as np
import pyarrow as pa
import pytest

from bayes_misalign.tables import distinct_texts
from bayes_misalign.tables.distinct_texts import first_places, hashes


@pytest.mark.parametrize("few", [0, 1 << 30], ids=["by hashes", "all compared"])
def test_the_first_place_of_each_text(few: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(distinct_texts, "MANY", few)
    draw = random.Random(1)
    for _ in range(150):
        pool = ["".join(draw.choices("abé0 ", k=draw.randrange(20))) for _ in range(30)]
        texts = draw.choices(pool, k=draw.randrange(1, 60))
        cut = draw.randrange(len(texts) + 1)
        arrays = [pa.array(["x", *texts[:cut]]).slice(1), pa.array(texts[cut:], pa.string())]
        found = first_places(arrays, [hashes(array) for array in arrays])
        assert found.tolist() == [texts.index(text) for text in texts]


def test_different_texts_with_one_hash_stay_different(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(distinct_texts, "MANY", 0)
    found = first_places([pa.array(["a", "b", "a", "c"])], [np.zeros(4, np.uint64)])
    assert found.tolist() == [0, 1, 0, 3]


def test_hashes_do_not_depend_on_what_else_is_there() -> None:
    alone, among = hashes(pa.array(["id 7"])), hashes(pa.array(["a much longer text", "id 7", ""]))
    assert alone[0] == among[1]
    assert len(set(among.tolist())) == 3
