"""A mistyped identifier is refused, before it leads to somebody else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.registry.names.identifiers import Identifier, IdentifierError, Scheme, identifier
from tests.unit.engine.registry.names.shared_data import needs_data, rows


def lei(stem: str) -> str:
    """An invented LEI with its check digits."""
    number = int("".join(str(int(letter, 36)) for letter in stem + "00"))
    return f"{stem}{98 - number % 97:02}"


def test_an_lei_is_read_in_any_case() -> None:
    good = lei("QX0000NORTHMERE001")

    assert identifier(Scheme.LEI, f" {good.lower()} ") == Identifier(Scheme.LEI, good)


@given(st.integers(0, 19), st.integers(0, 25))
def test_one_wrong_letter_or_digit_in_an_lei_is_found(place: int, wrong: int) -> None:
    """A letter for a digit is found in 96 of 97 cases only: the standard promises no more."""
    good = lei("QX0000NORTHMERE001")
    other = str(wrong % 10) if good[place].isdigit() else chr(ord("A") + wrong)
    bad = good[:place] + other + good[place + 1 :]
    if bad != good:
        with pytest.raises(IdentifierError) as refused:
            identifier(Scheme.LEI, bad)
        assert bad not in str(refused.value)


@pytest.mark.parametrize("text", ["", "QX", "5" * 21, "QX0000NORTHMERE0 1 2"])
def test_what_has_not_the_shape_of_an_lei_is_refused(text: str) -> None:
    with pytest.raises(IdentifierError, match="18 letters or digits"):
        identifier(Scheme.LEI, text)


@needs_data
def test_all_leis_of_the_development_files_are_valid() -> None:
    assert len({identifier(Scheme.LEI, row["lei"]) for row in heads()}) == 482


def heads() -> list[dict[str, str]]:
    return rows("ownership/meip_mne_heads.csv")


def test_the_last_letter_of_an_os_id_is_checked() -> None:
    assert identifier(Scheme.OS_ID, "cn2021250d1dtn7").value == "CN2021250D1DTN7"
    with pytest.raises(IdentifierError, match="last letter"):
        identifier(Scheme.OS_ID, "CN2021250D1DTN8")
    with pytest.raises(IdentifierError, match="a country"):
        identifier(Scheme.OS_ID, "D1DTN8")


def test_an_identifier_of_a_source_says_whose_it_is() -> None:
    assert identifier(Scheme.SOURCE, "wikidata:Q0").value == "wikidata:Q0"
    for text in ("Q0", ":Q0", "wikidata:", ""):
        with pytest.raises(IdentifierError):
            identifier(Scheme.SOURCE, text)
    with pytest.raises(IdentifierError):
        identifier(Scheme.OWN, "x" * 201)
