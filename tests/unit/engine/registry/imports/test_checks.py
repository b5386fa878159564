"""What every file is checked for: traps for whoever reads an export, and what cannot be true."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.registry.checks import checked
from engine.registry.rows import Fate, RowRead, Why
from schemas.contact import Contact, Endpoint, Level
from schemas.link import Link, LinkKind, LinkStatus
from schemas.party import Party, PartyKind

PARTY = Party(id="acme", kind=PartyKind.COMPANY, name="Acme")
LINK = Link(
    id="l",
    kind=LinkKind.PARENT_OF,
    a="acme",
    b="pit",
    status=LinkStatus.VERIFIED,
    source="register",
)
CONTACT = Contact(id="lea", party="acme", label="Human rights", level=Level.HQ_HUMAN_RIGHTS)


def said(**records: Any) -> tuple[str, str]:
    """Why a row with these records is refused, and which field; empty when it is taken."""
    row = checked(RowRead(line=7, fate=Fate.IMPORTED, **records))
    assert row.line == 7
    if row.fate is Fate.REFUSED:
        assert not (row.parties or row.links or row.contacts), "half of it was taken"
    return (row.why.value if row.why else ""), row.column


def party(**fields: Any) -> tuple[str, str]:
    return said(parties=(replace(PARTY, **fields),))


def link(**fields: Any) -> tuple[str, str]:
    return said(links=(replace(LINK, **fields),))


def endpoint(channel: str, address: str) -> tuple[str, str]:
    end = Endpoint(id="e", channel=channel, address=address)
    return said(contacts=(replace(CONTACT, endpoints=(end,)),))


def test_what_is_sound_is_taken_as_it_is() -> None:
    assert party() == link() == said(contacts=(CONTACT,)) == ("", "")


@pytest.mark.parametrize(
    "trap",
    [
        "=cmd|' /C calc'!A0",
        "+1+cmd|' /C calc'!A0",
        "-2+3+cmd|' /C calc'!A0",
        "@SUM(1,1)",
        " =1+1",
        "\uff1d1+1",
        "\t=1+1",
    ],
)
def test_a_text_that_would_run_in_a_spreadsheet_is_refused_wherever_it_stands(trap: str) -> None:
    assert party(name=trap) == ("formula", "name")
    assert party(id=trap)[1] == "id"
    assert party(aliases=("Acme Ltd", trap)) == ("formula", "aliases")
    assert party(details=(("city", trap),)) == ("formula", "details")
    assert link(evidence=trap) == ("formula", "evidence")
    assert said(contacts=(replace(CONTACT, label=trap),)) == ("formula", "label")


@pytest.mark.parametrize("number", ["-12.5", "+49 171 2345", "-14.2, -71.9"])
def test_a_number_with_a_sign_is_no_formula(number: str) -> None:
    assert party(details=(("place", number),)) == ("", "")


@pytest.mark.parametrize("share", [-0.1, 100.01, 1e9, float("nan"), float("inf")])
def test_a_share_that_cannot_be_is_refused(share: float) -> None:
    assert link(share=share) == ("share_impossible", "share")


@pytest.mark.parametrize("share", [0.0, 0.01, 50.0, 100.0])
def test_a_share_that_can_be_is_taken(share: float) -> None:
    assert link(share=share) == ("", "")


def test_a_link_that_ends_before_it_begins_is_refused() -> None:
    dates = {"valid_from": date(2024, 5, 2), "valid_until": date(2024, 5, 1)}

    assert link(**dates) == ("dates_reversed", "valid_until")


@pytest.mark.parametrize("column", ["valid_from", "valid_until", "as_of"])
@pytest.mark.parametrize("day", [date(202, 1, 1), date(1899, 12, 31), date(9999, 12, 31)])
def test_a_year_that_cannot_be_meant_is_refused(column: str, day: date) -> None:
    assert link(**{column: day}) == ("date_impossible", column)


def test_a_party_that_owns_itself_is_refused() -> None:
    assert link(b="acme") == ("linked_to_itself", "b")


def test_no_file_refutes_a_link_that_takes_two_people() -> None:
    assert link(status=LinkStatus.REFUTED) == ("not_trusted", "status")


@pytest.mark.parametrize(
    "address",
    [
        "a@x.example,b@y.example",
        "a@x.example;b@y.example",
        "a@x.example b@y.example",
        "a@x.example\nbcc: b@y.example",
        "Desk <a@x.example>",
        '"desk@ministry.example" <a@x.example>',
        "desk@ministry.example@x.example",
        "a@x\u200b.example",
        "\u202emoc.live@x.example",
        "a@\u0430pple.example, ",
        "",
        "a@",
    ],
)
def test_an_address_with_separators_or_a_spoofing_name_is_refused_on_any_channel(
    address: str,
) -> None:
    for channel in ("email", "our-mail", "outbox"):
        if address != "" or channel:
            assert endpoint(channel, address) == ("address_unsafe", "endpoints")


@pytest.mark.parametrize(
    ("channel", "address"),
    [
        ("sms", "+491712345678,+491712345679"),
        ("sms", "0171"),
        ("webhook", "https://a.example/x https://b.example/y"),
        ("webhook", "https://good.example@evil.example/"),
        ("signal", "one, two"),
        ("signal", "one\u200btwo"),
    ],
)
def test_an_address_of_another_channel_is_one_address_too(channel: str, address: str) -> None:
    assert endpoint(channel, address) == ("address_unsafe", "endpoints")


@pytest.mark.parametrize(
    ("channel", "address"),
    [
        ("email", "lea@mine.example"),
        ("our-mail", "lea@mine.example"),
        ("sms", "+49 171 2345678"),
        ("webhook", "https://mine.example/in?from=x"),
        ("outbox", "ana, second way"),
        ("signal", "group-1"),
    ],
)
def test_one_plain_address_is_taken(channel: str, address: str) -> None:
    assert endpoint(channel, address) == ("", "")


@pytest.mark.parametrize("hidden", ["\x00", "\u202e", "\u2066", "\U000e0041", "\u2028"])
def test_a_name_that_shows_as_another_one_is_refused(hidden: str) -> None:
    assert party(name=f"Ac{hidden}me") == ("control_character", "name")


def test_the_joiner_that_persian_needs_is_no_hidden_character() -> None:
    assert party(name="\u0634\u0631\u06a9\u062a\u200c\u0647\u0627") == ("", "")


def test_ids_are_short_and_without_blanks() -> None:
    assert party(id="a" * 129) == ("too_long", "id")
    assert party(id="a b") == ("not_an_identifier", "id")
    assert party(id="") == ("field_missing", "id")
    assert link(a="a\u00a0b") == ("not_an_identifier", "a")


def test_a_text_longer_than_any_name_is_refused() -> None:
    assert party(name="x" * 10_001) == ("too_long", "name")


def test_a_link_of_which_nobody_says_who_said_it_is_refused() -> None:
    assert link(source=" ") == ("field_missing", "source")


def test_hours_that_nobody_can_read_are_refused() -> None:
    assert said(contacts=(replace(CONTACT, hours="whenever"),)) == ("not_known", "hours")


def test_one_bad_record_refuses_all_of_its_row() -> None:
    bad = replace(LINK, share=101.0)

    assert said(parties=(PARTY,), links=(LINK, bad)) == ("share_impossible", "share")


def test_a_row_that_was_refused_before_keeps_its_reason() -> None:
    row = RowRead(line=3, fate=Fate.REFUSED, why=Why.CUT_OFF)

    assert checked(row) is row


def test_a_doubtful_row_is_checked_as_well() -> None:
    row = RowRead(
        line=3,
        fate=Fate.AMBIGUOUS,
        why=Why.SAME_NAME,
        parties=(replace(PARTY, name="=1"),),
    )

    assert checked(row).why is Why.FORMULA


@given(st.text(max_size=20), st.text(max_size=20), st.text(max_size=30))
def test_what_is_taken_never_begins_like_a_formula(id: str, name: str, address: str) -> None:
    end = Endpoint(id="e", channel="email", address=address)
    row = checked(
        RowRead(
            line=2,
            fate=Fate.IMPORTED,
            parties=(replace(PARTY, id=id, name=name),),
            contacts=(replace(CONTACT, endpoints=(end,)),),
        )
    )

    if row.fate is Fate.IMPORTED:
        assert name.strip() and id.strip() == id
        assert id[0] not in "=@" and name.strip()[0] not in "=@"
        assert not {",", ";", "<", ">", " "} & set(address)
