"""A receipt of what one party was told: made at the terminal, handed out, shown again later."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import Connection, select, text

from engine.admin.door import answer
from engine.store import tables
from engine.web.proof import as_document, read
from schemas.facts.system import ProofMade, load_system_fact
from schemas.party import Mark
from tests.harness.reports import report
from tests.harness.towns import ARREST, THREAT, cerro, rulebook
from tests.integration.web.holder import SUBJECT
from tests.integration.web.stage import Stage, stage
from tests.integration.web.story import (
    RELEASE,
    SEALED,
    arrest,
    choose,
    enter,
    open_case,
    page_of,
    press,
    release,
    submit,
)
from tests.integration.web.test_holder_doors import Terminal

EMBASSY = "Embassy QN"


def told_embassy(desk: Stage, *, sent: str = "handed_off") -> str:
    """A case in which a message for the embassy got this far."""
    ref = open_case(desk, arrest(sealed=SEALED))
    desk.log_in("ana")
    press(desk, ref, "own")
    submit(desk, f"/cases/{ref}/release/missions", dict(RELEASE))
    desk.deliver(sent)
    return ref


def made(desk: Stage, ref: str, party: str = EMBASSY) -> dict[str, Any]:
    """What the terminal gets: the receipt, and the same in words."""
    done = Terminal(desk).ask("proof.make", case=ref, party=party)
    assert done["ok"], done
    return dict(done["result"])


def checked(desk: Stage, receipt: dict[str, Any]) -> dict[str, Any]:
    done = Terminal(desk).ask("proof.check", receipt=json.dumps(receipt))
    assert done["ok"], done
    return dict(done["result"])


def journal_of(desk: Stage, stream: str) -> dict[int, Any]:
    wanted = select(tables.journal).where(tables.journal.c.stream == stream)
    rows = desk.run(desk.reader.run, lambda conn: conn.execute(wanted).all())
    return {row.n: row for row in rows}


def receipts_made(desk: Stage) -> list[ProofMade]:
    facts = [load_system_fact(row.body) for row in journal_of(desk, "system").values()]
    return [fact for fact in facts if isinstance(fact, ProofMade)]


def tamper(desk: Stage, statement: str, **values: object) -> None:
    """Change the file as somebody with the whole machine could: triggers gone."""

    def change(conn: Connection) -> None:
        for verb in ("update", "delete"):
            conn.exec_driver_sql(f"DROP TRIGGER IF EXISTS journal_no_{verb}")
        conn.execute(text(statement), values)

    desk.run(desk.writer.run, change)


def test_a_receipt_says_what_was_told_and_where_the_journal_says_so(desk: Stage) -> None:
    ref = told_embassy(desk)
    page = page_of(desk, ref, "embassy-qn", "capital-desk")
    choose(desk, page, choose(desk, page, enter(desk, page), "agree"), "acknowledged")

    found = made(desk, ref)
    receipt, said = found["receipt"], "\n".join(found["text"])

    journal = journal_of(desk, receipt["stream"])
    assert receipt["name"] == EMBASSY
    assert {each["channel"] for each in receipt["notices"]} == {"email"}
    assert {each["state"] for each in receipt["notices"]} == {"handed_off"}
    assert "country" in {each["content"] for each in receipt["shown"]}
    assert [each["kind"] for each in receipt["answers"]] == ["acknowledged"]
    assert {"told", "handed_off", "answered"} == {each["kind"] for each in receipt["leaves"]}
    for leaf in receipt["leaves"]:
        assert leaf["hash"] == journal[leaf["n"]].hash
        assert leaf["kind"] == journal[leaf["n"]].kind
        assert leaf["hash"] in said
    places = {leaf["n"] for leaf in receipt["leaves"]}
    assert all(set(each["leaves"]) <= places and each["leaves"] for each in receipt["notices"])
    head = journal[max(journal)]
    assert (receipt["head"]["n"], receipt["head"]["hash"]) == (head.n, head.hash)
    assert "whether it arrived is not known" in said
    assert "By itself it proves nothing to a stranger" in said
    assert not found["must_not_know"]


def test_that_one_was_made_is_journaled_with_by_whom_and_of_what(desk: Stage) -> None:
    ref = told_embassy(desk)
    receipt = made(desk, ref)["receipt"]

    (fact,) = receipts_made(desk)

    assert (fact.by, fact.party, fact.case) == ("person:ana", "embassy-qn", receipt["stream"])
    assert (fact.digest, fact.hash) == (receipt["digest"], receipt["head"]["hash"])
    checked(desk, receipt)
    assert len(receipts_made(desk)) == 1, "looking at one makes none"


def test_a_receipt_names_nobody_but_the_party_it_is_for(desk: Stage) -> None:
    ref = told_embassy(desk)
    release(desk, ref, "nhris")
    page = page_of(desk, ref, "embassy-qn", "capital-desk")
    choose(desk, page, choose(desk, page, enter(desk, page), "agree"), "acknowledged")

    found = made(desk, ref)

    whole = json.dumps([found["receipt"], found["text"]], ensure_ascii=False).casefold()
    place = cerro()
    others = [each for each in place.parties if each.id != "embassy-qn"]
    nobody = [each.id for each in others] + [each.name.casefold() for each in others]
    for contact in place.contacts:
        nobody += [contact.id, *(way.address for way in contact.endpoints)]
        nobody += [way.id for way in contact.endpoints]
    nobody += ["ana", "ben", "chi", "rea", "person:ana", SUBJECT, "subject-1", "hotline-a", ref]
    words = set(re.findall(r"[\w:@./-]+", whole))
    assert [each for each in nobody if each.casefold() in words] == []
    assert [
        each
        for each in (*nobody, *(said.casefold() for said in SEALED.values()))
        if " " in each and each in whole
    ] == []
    bodies = [row.body.decode() for row in journal_of(desk, found["receipt"]["stream"]).values()]
    assert not [body for body in bodies if body.casefold() in whole]


def test_who_was_never_told_has_no_receipt(desk: Stage) -> None:
    ref = open_case(desk)

    planned = Terminal(desk).ask("proof.make", case=ref, party="embassy-qn")
    unknown = Terminal(desk).ask("proof.make", case=ref, party="nobody-at-all")
    ours = Terminal(desk).ask("proof.make", case=ref, party="person:ana")

    for refused in (planned, unknown, ours):
        assert refused["ending"] == "refused"
        assert refused["next_step"] == f"See who was told: tocsin case told {ref}"
    assert receipts_made(desk) == []


@pytest.mark.parametrize("state", ["unknown", "failed_temporary"])
def test_a_message_of_which_nobody_knows_whether_it_left_proves_nothing(
    desk: Stage, state: str
) -> None:
    ref = told_embassy(desk, sent=state)

    refused = Terminal(desk).ask("proof.make", case=ref, party="embassy-qn")

    assert refused["ending"] == "refused"
    assert "nothing has reached Embassy QN" in refused["what"]
    assert receipts_made(desk) == []


@pytest.mark.parametrize("called", ["embassy-qn", "embassy qn", "by its reference"])
def test_the_party_is_called_as_the_list_of_who_was_told_calls_it(desk: Stage, called: str) -> None:
    ref = told_embassy(desk)
    (party,) = Terminal(desk).ask("case.told", case=ref)["result"]["parties"]

    found = made(desk, ref, party["alert"] if called.startswith("by") else called)

    assert found["receipt"]["party"] == "embassy-qn"
    assert {each["ref"] for each in found["receipt"]["notices"]} == {party["alert"]}


def test_whoever_makes_one_is_warned_where_the_party_must_not_know(desk: Stage) -> None:
    ref = told_embassy(desk)
    accused = report(
        "arrest", id="e2", situation="s1", parties={"embassy-qn": "alleged_perpetrator"}
    )
    desk.run(partial(desk.services.reports.take, accused.bytes(), by="person:ana"))

    found = made(desk, ref)

    assert found["must_not_know"]
    whole = json.dumps([found["receipt"], found["text"]])
    assert "excluded" not in whole, "the receipt itself says nothing of it"
    assert "must_not" not in whole


def test_nobody_who_is_not_logged_in_makes_one(desk: Stage) -> None:
    ref = told_embassy(desk)
    desk.client.cookies.clear()
    asked = partial(
        answer,
        SimpleNamespace(services=desk.services),  # type: ignore[arg-type]
        name="proof.make",
        args={"case": ref, "party": EMBASSY},
        session="x" * 43,
        request="r1",
    )

    assert desk.run(asked)["ending"] == "who"
    assert receipts_made(desk) == []


def test_a_receipt_holds_however_the_case_went_on(desk: Stage) -> None:
    ref = told_embassy(desk)
    receipt = made(desk, ref)["receipt"]

    page = page_of(desk, ref, "embassy-qn", "capital-desk")
    choose(desk, page, choose(desk, page, enter(desk, page), "agree"), "acknowledged")
    later = made(desk, ref)["receipt"]

    assert checked(desk, receipt)["said"] == "The journal still says exactly this."
    assert checked(desk, later)["holds"]
    assert later["head"]["n"] > receipt["head"]["n"]
    assert later["leaves"][: len(receipt["leaves"])] == receipt["leaves"]


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ("UPDATE journal SET body = :x WHERE stream = :of AND n = :n", "own"),
        ("UPDATE journal SET hash = :y WHERE stream = :of AND n = :n", "own"),
        ("UPDATE journal SET body = :x WHERE stream = :of AND n = :n", "other"),
        ("DELETE FROM journal WHERE stream = :of AND n >= :n", "own"),
        ("DELETE FROM journal WHERE stream = :of AND n = :n", "head"),
    ],
)
def test_a_receipt_whose_journal_was_changed_since_names_the_first_place_that_differs(
    desk: Stage, change: str, where: str
) -> None:
    ref = told_embassy(desk)
    receipt = made(desk, ref)["receipt"]
    own = [each["n"] for each in receipt["leaves"]]
    n = {"own": own[0], "other": own[0] - 1, "head": receipt["head"]["n"]}[where]

    values = {"of": receipt["stream"], "n": n, "x": b"{}", "y": "0" * 64}
    tamper(desk, change, **{key: value for key, value in values.items() if f":{key}" in change})

    found = checked(desk, receipt)
    assert not found["holds"]
    assert found["differs_at"] == n
    assert f"the first place that differs is {n}." in found["said"]


def test_no_receipt_is_made_of_a_journal_that_does_not_hold(desk: Stage) -> None:
    ref = told_embassy(desk)
    receipt = made(desk, ref)["receipt"]
    of = receipt["stream"]
    tamper(desk, "UPDATE journal SET at = at + 1 WHERE stream = :of AND n = 2", of=of)

    refused = Terminal(desk).ask("proof.make", case=ref, party=EMBASSY)

    assert refused["ending"] == "unsound"
    assert "does not hold at 2" in refused["what"]
    assert len(receipts_made(desk)) == 1


def test_a_receipt_that_somebody_wrote_over_was_never_made_here(desk: Stage) -> None:
    ref = told_embassy(desk)
    receipt = made(desk, ref)["receipt"]
    proof, _ = read(json.dumps(receipt))
    forged = as_document(replace(proof, knowledge_binds=True))

    found = checked(desk, forged)

    assert not found["holds"]
    assert found["differs_at"] is None
    assert "was never made here" in found["said"]


def test_a_file_that_is_no_whole_receipt_is_refused_with_what_to_give(desk: Stage) -> None:
    ref = told_embassy(desk)
    receipt = made(desk, ref)["receipt"]

    for text_ in ("{}", "no json", "[" * 100_000, json.dumps({**receipt, "also": "a word"})):
        refused = Terminal(desk).ask("proof.check", receipt=text_)
        assert refused["ending"] == "usage"
        assert "--to FILE" in refused["next_step"]


@pytest.fixture
def bound(tmp_path: Path) -> Iterator[Stage]:
    """The same town; the embassy's state holds that what was told binds."""
    place = cerro()
    marked = tuple(
        replace(each, marks=(Mark.KNOWLEDGE_BINDS,)) if each.id == "state-qn" else each
        for each in place.parties
    )
    with stage(
        tmp_path, place=replace(place, parties=marked), rulebook=rulebook(ARREST, THREAT)
    ) as here:
        yield here


def test_whether_being_told_binds_in_its_state_is_said(bound: Stage) -> None:
    found = made(bound, told_embassy(bound))

    assert found["receipt"]["state"] == "QN"
    assert found["receipt"]["knowledge_binds"]
    assert any("can bind it in law" in line for line in found["text"])


def test_that_nothing_is_recorded_of_a_state_is_not_said_as_if_it_were_harmless(
    desk: Stage,
) -> None:
    found = made(desk, told_embassy(desk))

    assert not found["receipt"]["knowledge_binds"]
    assert any("is not recorded" in line for line in found["text"])
