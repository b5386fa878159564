"""Which party somebody means who types an id, a reference or a name."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.admin.errors import NotCarriedOutError
from engine.admin.meaning import the_one_meant

NAMES = {"north-1": "Office of Appeals", "north-2": "Hillside Council", "south": "Hillside council"}
REFS = {"7K3Q-92": "north-2", "": "south"}

WORDS = st.text("abcAB 17-", max_size=4)


def meant(words: str) -> str | None:
    return the_one_meant(words, names=NAMES, refs=REFS)


@pytest.mark.parametrize(
    ("words", "id"),
    [
        ("north-1", "north-1"),
        ("  north-1 ", "north-1"),
        ("7k3q-92", "north-2"),
        ("office of APPEALS", "north-1"),
        ("Office of Appeal", None),
        ("", None),
        ("   ", None),
    ],
)
def test_an_id_a_reference_or_a_whole_name_is_understood_and_nothing_less(
    words: str, id: str | None
) -> None:
    assert meant(words) == id


def test_a_name_of_two_is_never_guessed_at_and_both_ids_are_named() -> None:
    with pytest.raises(NotCarriedOutError) as refused:
        the_one_meant("hillside council", names=NAMES, refs=REFS, kind="mechanism")

    assert str(refused.value) == "More than one mechanism of this case is called so."
    assert refused.value.next_step == "Give the id of one: north-2, south"


@given(
    words=WORDS,
    names=st.dictionaries(WORDS, WORDS, max_size=4),
    refs=st.dictionaries(WORDS.map(str.upper), st.sampled_from(["a", "b"]), max_size=2),
)
def test_whoever_is_meant_is_somebody_of_the_case_and_nobody_else_is_called_so(
    words: str, names: dict[str, str], refs: dict[str, str]
) -> None:
    refs = {ref: id for ref, id in refs.items() if id in names}
    said = words.strip()
    called = [id for id, name in names.items() if name.casefold() == said.casefold()]

    try:
        id = the_one_meant(words, names=names, refs=refs)
    except NotCarriedOutError:
        assert len(called) > 1
        return

    if id is None:
        assert not called
        assert said not in names
    else:
        assert id in names
        assert said == id or refs.get(said.upper()) == id or called == [id]
