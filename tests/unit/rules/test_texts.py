"""Very many ids in one piece of memory are found and sorted as Python's own texts are."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from rules.texts import Texts

ids = st.lists(st.text(max_size=12) | st.text("ab\0", max_size=3) | st.text("é", min_size=40))


@given(ids)
def test_ids_are_sorted_taken_and_found_like_any_texts(ids: list[str]) -> None:
    texts = Texts.of(ids)

    order = texts.order()

    assert list(texts) == ids and len(texts) == len(ids)
    assert [ids[number] for number in order] == sorted(ids)
    assert list(texts.take(order)) == sorted(ids)
    for id in ids:
        found, sought = texts.find(id, order.tolist()), texts.take(order).find(id)
        assert found is not None and ids[found] == id
        assert sought is not None and sorted(ids)[sought] == id
    stranger = "".join(ids) + "!"
    assert texts.find(stranger, order.tolist()) is None


def test_an_id_with_half_a_character_is_kept_like_any_other() -> None:
    texts = Texts.of(["b\ud800", "a"])

    assert list(texts) == ["b\ud800", "a"]
    assert texts.order().tolist() == [1, 0]
    assert texts.find("b\ud800", np.array([1, 0]).tolist()) == 0
