# ruff: noqa: RUF001 - letters that look alike are the matter of these tests.
"""A legal form is no part of what a company is called, unless nothing else is left."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.registry.names.keys import load_name_keys
from engine.registry.names.tables import rows
from engine.registry.names.text import folded

KEYS = load_name_keys()


@pytest.mark.parametrize(
    ("name", "core", "forms"),
    [
        ("Quimbaré Oro S.A. de C.V.", "quimbaré oro", ("sa de cv",)),
        ("Quimbaré Oro, S. A. de C. V.", "quimbaré oro", ("sa de cv",)),
        ("Northmere GmbH & Co. KG", "northmere", ("gmbh co kg",)),
        ("Northmere Company Limited", "northmere", ("co ltd",)),
        ("Northmere Co., Ltd.", "northmere", ("co ltd",)),
        ("Tanah Merah Sdn. Bhd.", "tanah merah", ("sdn bhd",)),
        ("PT. Tanah Merah (Persero) Tbk", "tanah merah", ("pt", "tbk")),
        ("Tanah Merah Tbk PT", "tanah merah", ("pt", "tbk")),
        ("ООО «Северный рудник»", "северный рудник", ("ооо",)),
        ("Северный рудник, ООО", "северный рудник", ("ооо",)),
        ("ТОО Северный рудник", "северный рудник", ("тоо",)),
        ("株式会社北山", "北山", ("株式会社",)),
        ("北山株式会社", "北山", ("株式会社",)),
        ("(株)北山", "北山", ("株式会社",)),
        ("㈱北山", "北山", ("株式会社",)),
        ("北山精密工业股份有限公司", "北山精密工业", ("股份有限公司",)),
        ("주식회사 북산전자", "북산전자", ("주식회사",)),
        ("Kuzey Dağı Madencilik A.Ş.", "kuzey dağı madencilik", ("aş",)),
        ("Nordfjell A/S", "nordfjell", ("as",)),
        ("Nordfjell AB (publ)", "nordfjell", ("ab",)),
        ("Góra Sp. z o.o.", "góra", ("sp zoo",)),
        ("Hegy Kft.", "hegy", ("kft",)),
        ("บริษัท ภูเขาเหนือ จำกัด (มหาชน)", "ภูเขาเหนือ", ("บริษัท", "บริษัท จำกัด")),
        ("Công ty TNHH Núi Bắc", "núi bắc", ("tnhh",)),
        ('הר צפון בע"מ', "הר צפון", ("בעמ",)),
        ("Northmere & Co. Ltd", "northmere", ("and co ltd",)),
        ("Northmere Company Inc/The", "the northmere", ("co inc",)),
        ("LLC Northmere", "northmere", ("llc",)),
        ("Hill & Sons (Pvt) Ltd", "hill and sons", ("pvt ltd",)),
    ],
)
def test_legal_forms_of_many_countries_are_taken_off(
    name: str, core: str, forms: tuple[str, ...]
) -> None:
    key = KEYS.of(name)

    assert (key.core, key.forms) == (core, forms)


@pytest.mark.parametrize(
    "name",
    ["The Company Limited", "Holding AG", "S.A.", "Co", "Mining Company Ltd", "有限公司", "Group"],
)
def test_a_name_is_never_reduced_to_nothing_or_to_a_word_of_the_trade(name: str) -> None:
    key = KEYS.of(name)

    assert key.core and key.weak


def test_short_names_are_weak_and_two_ideographs_are_a_name() -> None:
    assert KEYS.of("ATS").weak and KEYS.of("API Inc").weak
    assert not KEYS.of("北山株式会社").weak
    assert not KEYS.of("Amuse LLC").weak


def test_different_legal_forms_are_different_names() -> None:
    assert KEYS.of("Northmere Ltd").exact == KEYS.of("NORTHMERE LIMITED").exact
    assert KEYS.of("Northmere Ltd").exact != KEYS.of("Northmere GmbH").exact
    assert KEYS.of("Northmere Ltd").exact != KEYS.of("Northmere").exact


def test_accents_count_for_the_exact_key_and_not_for_candidates() -> None:
    with_accent, without = KEYS.of("Quimbaré"), KEYS.of("Quimbare")

    assert with_accent.exact != without.exact
    assert KEYS.coarse(with_accent.core).plain == KEYS.coarse(without.core).plain


def test_no_spelling_is_two_legal_forms_in_one_place() -> None:
    seen: dict[tuple[str, str], str] = {}
    for form, place, _, spellings in rows("legal_forms.tsv", cells=4):
        for spelling in spellings.split(" | "):
            for side in ("end", "start") if place == "both" else (place,):
                assert seen.setdefault((side, folded(spelling)), form) == form, spelling
    assert len(seen) > 300


@given(st.text(max_size=60))
def test_taking_a_name_apart_again_changes_nothing(name: str) -> None:
    key = KEYS.of(name)

    assert KEYS.of(name.upper().lower()).core is not None
    assert KEYS.of(key.core).core == KEYS.of(KEYS.of(key.core).core).core
    coarse = KEYS.coarse(key.core)
    assert KEYS.coarse(coarse.plain).plain == coarse.plain


@given(st.text(max_size=40))
def test_no_name_becomes_empty_by_its_legal_form(name: str) -> None:
    assert bool(KEYS.of(f"Northmere {name} Ltd").core)
    assert KEYS.of(name).core or not any(letter.isalnum() for letter in name)
