"""A country cell of a file gives one code, or a person decides; never the nearest."""

from datetime import date
from types import MappingProxyType

import pytest

from engine.registry.imports.countries import Country, CountryColumn, state_id, state_party
from engine.registry.rows import FileRefusedError, Setting, Why
from schemas.party import Party, PartyKind

TODAY = date(2026, 3, 2)
PLAIN = Setting(today=TODAY)


def deciding(**words: str) -> Setting:
    return Setting(today=TODAY, words=MappingProxyType(words))


def test_a_country_that_is_certain_is_its_code() -> None:
    column = CountryColumn(PLAIN)

    assert column.word("Kenya") == Country("KE")
    assert column.word("  CÔTE D'IVOIRE ") == Country("CI")
    assert column.word("Kenya") == Country("KE"), "the second time as the first"


@pytest.mark.parametrize(
    "word", ["Korea", "Congo", "Quebec", "Northern Cyprus", "Virgin Islands", "Kenja"]
)
@pytest.mark.parametrize("kept", [True, False])
def test_a_doubtful_country_is_for_a_person_in_a_kept_list_as_well(word: str, kept: bool) -> None:
    assert CountryColumn(PLAIN, kept=kept).word(word) == Country(None, Why.COUNTRY_DOUBTFUL)


def test_guinea_is_guinea_only_where_one_list_is_kept() -> None:
    assert CountryColumn(PLAIN, kept=True).word("Guinea") == Country("GN")
    assert CountryColumn(PLAIN).word("Guinea") == Country(None, Why.COUNTRY_DOUBTFUL)


def test_what_somebody_decided_for_this_file_goes_first() -> None:
    for kept in (True, False):
        column = CountryColumn(deciding(Korea="KR", Guinea="GQ"), kept=kept)

        assert column.word("KOREA") == Country("KR")
        assert column.word("Guinea") == Country("GQ")
        assert column.word("Congo") == Country(None, Why.COUNTRY_DOUBTFUL), "nobody decided that"


def test_a_decision_for_no_country_refuses_the_file_before_its_first_row() -> None:
    with pytest.raises(FileRefusedError, match="no ISO 3166-1 code"):
        CountryColumn(deciding(Korea="South"))


def test_an_empty_cell_is_missing_and_not_doubtful() -> None:
    column = CountryColumn(PLAIN)

    assert column.word(" ") == Country(None, Why.FIELD_MISSING)
    assert column.code("") == Country(None, Why.FIELD_MISSING)


def test_codes_are_read_only_where_codes_are_asked_for() -> None:
    column = CountryColumn(PLAIN)

    assert column.code("ke") == column.code("KEN") == Country("KE")
    assert column.code("UK") == Country("GB")
    assert column.code("XK") == column.code("XKX") == Country("XK")
    assert column.code("YUG") == Country(None, Why.COUNTRY_DOUBTFUL)
    assert column.code("Kenya") == Country(None, Why.COUNTRY_DOUBTFUL)
    assert column.word("KE") == Country(None, Why.COUNTRY_DOUBTFUL)


def test_a_state_is_the_same_record_from_every_importer() -> None:
    assert state_party("NO") == Party(
        id="state:NO", kind=PartyKind.STATE, name="Norway", state="NO", source="cldr"
    )
    assert state_party("XK").name == "Kosovo"
    assert state_party("NO").id == state_id("NO")


def test_an_invented_state_bears_its_code() -> None:
    assert state_party("QM").name == "QM"
    assert state_party("ZZ").name == "ZZ", "CLDR calls it an unknown region"
