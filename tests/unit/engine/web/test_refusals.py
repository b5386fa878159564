"""Every refusal reads as one sentence that a coordinator would say."""

import re
from dataclasses import replace

import pytest

from engine.web.console.names import Names
from engine.web.console.present_path import path_clause
from engine.web.holder.english import HELD_BACK
from engine.web.words.refusals import About, refusal
from engine.web.words.sentence import Name, plain
from schemas.plan import Hop
from schemas.reason import Reason

BARE = About(who=Name("Lindqvist Metals"))
FULL = About(
    who=Name("Lindqvist Metals"),
    contact=Name("Trade section"),
    audience="companies",
    path=("buys from ", Name("Aldermoor Hydro"), ", which is alleged to be behind it"),
    allowed="embassies",
    consent_on="Mon 1 March",
    consent_until="Tue 2 March",
    by=Name("Ana"),
    since="Mon 1 March, 22:00",
    until="Tue 2 March, 20:00",
    sure="possible, not confirmed",
    gate="two people release it",
)
REFUSALS = [reason for reason in Reason if reason is not Reason.ALLOWED]


@pytest.mark.parametrize(
    "about", [BARE, FULL, replace(FULL, clearable=True)], ids=["bare", "full", "clearable"]
)
@pytest.mark.parametrize("reason", REFUSALS)
def test_every_refusal_is_one_whole_sentence_about_somebody(reason: Reason, about: About) -> None:
    said = plain(refusal(reason, about))

    assert said.endswith(".")
    assert not re.search(r"[.!?] ", said), "one sentence"
    assert "Lindqvist Metals" in said[:60]
    assert "  " not in said and " ," not in said and "None" not in said
    assert 25 < len(said) < 230
    assert any(mark in said for mark in (";", ", ", "once")), "and what would change it"


@pytest.mark.parametrize("reason", Reason)
def test_the_person_too_is_told_every_reason_and_never_whose_decision_it_was(
    reason: Reason,
) -> None:
    said = HELD_BACK[reason]

    assert said.endswith(".") and not re.search(r"[.!?] ", said)
    for word in ("the person", "guardian", "representative", "consent", "guard", "closure"):
        assert word not in said.lower(), "another person's decision is not this reader's to know"


def test_consent_is_told_by_its_day_and_what_it_allows() -> None:
    assert plain(refusal(Reason.CONSENT_AUDIENCE, FULL)) == (
        "Lindqvist Metals is not told because the person allowed embassies on Mon 1 March, but not "
        "companies; ask whether companies may know."
    )
    assert "ran out on Tue 2 March" in plain(refusal(Reason.CONSENT_EXPIRED, FULL))
    assert "taken back on Mon 1 March" in plain(refusal(Reason.CONSENT_REVOKED, FULL))


def test_a_hold_and_a_freeze_name_who_put_them_and_until_when() -> None:
    held = plain(refusal(Reason.HELD, FULL))
    assert "because Ana asked that nobody approaches it until Tue 2 March, 20:00" in held
    frozen = plain(refusal(Reason.FROZEN, FULL))
    assert "Ana froze companies on Mon 1 March, 22:00 until Tue 2 March, 20:00; two" in frozen


def test_a_tie_that_two_may_clear_says_so_and_one_that_holds_says_never() -> None:
    assert plain(refusal(Reason.REPRESENTS, FULL)).endswith("so it is never told in this case.")
    clearable = replace(FULL, clearable=True)
    assert plain(refusal(Reason.REPRESENTS, clearable)).endswith("may clear it for this case.")


EVENT = Hop(kind="event", a="alleged_perpetrator", b="a")


@pytest.mark.parametrize(
    ("party", "path", "said"),
    [
        ("a", (EVENT,), "is said to be behind it"),
        (
            "b",
            (EVENT, Hop(kind="operates", a="a", b="b")),
            "is run by A, which is said to be behind it",
        ),
        (
            "c",
            (EVENT, Hop(kind="parent_of", a="b", b="a"), Hop(kind="parent_of", a="c", b="b")),
            "is the parent of B, which is the parent of A, which is said to be behind it",
        ),
        (
            "n",
            (EVENT, Hop(kind="seat", a="n", b="QM")),
            "belongs to QM, as does A, which is said to be behind it",
        ),
        (
            "e",
            (EVENT, *(Hop(kind="parent_of", a=a, b=b) for a, b in ("ab", "bc", "cd", "de"))),
            "is tied by 4 links to A, which is said to be behind it",
        ),
        ("z", (EVENT, Hop(kind="parent_of", a="b", b="a")), ""),
        ("a", (), ""),
    ],
)
def test_the_way_is_said_from_the_party_back_to_where_it_began(
    party: str, path: tuple[Hop, ...], said: str
) -> None:
    names = Names(parties={id: id.upper() for id in "abcden"})

    assert plain(path_clause(party, path, names)) == said
