"""N8, N9, N11 to N13, N15 to N18, N23 to N25, N27, N29, N30: what a machine never does alone."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from engine.auditor import Auditor
from engine.case import commands as c
from engine.case.state import CaseStatus
from engine.store import journal
from engine.store.holder_file import holder_file
from engine.store.inline import InlineReader
from engine.web.told import Fate, fate, told_parties
from rules.rulebook import RulebookError, load
from schemas import facts as f
from schemas.codes import Mode, Severity, TrackName, threat_of
from schemas.codes.threats import THREATS
from schemas.projection import Purpose
from schemas.responses import Refused
from tests.harness import towns
from tests.harness.towns import EVERYTHING, loto, rulebook
from tests.never.night import all_read, looked_at, night, release_all, threat, told

a_few = settings(
    max_examples=3, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)
PERSONS = ("person:ana", "person:ben", "person:chi")
MODES = (Mode.QUIET, Mode.PRIVATE, Mode.PUBLIC)


def _inbox(id: str) -> c.Inbox:
    return c.Inbox(source="never", id=id, digest="0" * 64)


@a_few
@given(
    said=st.lists(
        st.tuples(st.sampled_from(sorted(THREATS)), st.sampled_from(MODES)), min_size=2, max_size=4
    )
)
async def test_n08_nothing_that_is_reported_makes_anybody_act_louder(
    said: list[tuple[str, Mode]],
) -> None:
    async with night() as story:
        await story.publish(threat(mode="quiet"))
        before = {s.track.name: s.track.mode for s in story.case().tracks}
        ceiling = story.case().mode_ceiling
        for n, (code, mode) in enumerate(said):
            if threat_of(code) is not None and code != "exercise":
                await story.publish(threat(f"more-{n}", code=code, mode=mode.value))
        await story.advance(minutes=30)
        all_read(story)

        after = {s.track.name: s.track.mode for s in story.case().tracks}
        assert all(after[name].within(mode) for name, mode in before.items())
        assert story.case().mode_ceiling.within(ceiling)


async def test_n09_nothing_is_ever_public_whoever_asks_and_however_many() -> None:
    async with night() as story:
        await story.publish(threat(mode="public"))
        for n, by in enumerate(PERSONS):
            raised = c.RaiseMode(
                inbox=_inbox(f"raise-{n}"), case=story.case().id, mode=Mode.PUBLIC, by=by
            )
            assert isinstance(await story.do(raised), Refused)
        await release_all(story)
        all_read(story)

        assert story.case().mode_ceiling is not Mode.PUBLIC
        assert all(s.track.mode is not Mode.PUBLIC for s in story.case().tracks)


async def test_n11_neither_time_nor_a_company_nor_a_retraction_nor_one_person_ends_a_case() -> None:
    async with night() as story:
        await story.publish(threat(code="smear"))
        await story.release("companies", by="Ana", local_partner="union")
        await story.release("companies", by="Ben", local_partner="union")
        noor = story.mail("Noor").expects("please answer reference", at="22:00")
        await noor.answers("acknowledged")
        await story.publish(threat("back", code="retraction", consents=None))
        await story.publish(threat("out", code="released_from_custody", consents=None))
        await story.advance(days=2)
        await story.propose(by="Ana")
        assert isinstance(await story.confirm(by="Ana"), Refused)
        await story.advance(days=2)
        all_read(story)

        assert story.case().status is CaseStatus.OPEN

        await story.confirm(by="Ben")
        all_read(story)
        assert story.case().status is CaseStatus.MONITORED


@pytest.mark.parametrize("kind", ["acknowledged", "asks"])
async def test_n12_an_empty_answer_stops_nothing_and_a_new_act_freezes_what_goes_outward(
    kind: str,
) -> None:
    async with night() as story:
        await story.publish(threat())
        await story.release("missions", by="Ana")
        ines = story.mail("Ines").expects("please answer reference", at="22:00")
        await ines.answers(kind)
        await story.advance(days=4)
        all_read(story)
        assert "capital-qs" in told(story), "the next contact is asked all the same"

        await story.publish(threat("again", code="assault"))
        before = told(story)
        await release_all(story, ["investors", "companies"])
        all_read(story)
        assert told(story) == before
        outward = [s for s in story.case().tracks if s.track.name is not TrackName.DUTY]
        assert all(s.frozen for s in outward if s.track.name is not TrackName.PROTECTION)


@pytest.mark.parametrize(
    "unclear",
    [
        {"country": None},
        {"code": "something_new"},
        {"parties": {"nobody-knows-this": "alleged_perpetrator"}, "country": None},
    ],
)
async def test_n13_what_is_unclear_keeps_others_out_and_pages_a_person(
    unclear: dict[str, Any],
) -> None:
    async with night() as story:
        await story.publish(threat(**unclear))
        assert story.sent("ana.sms"), "help is called all the same"
        assert story.case().tasks
        if unclear.get("country", "") is None and "parties" in unclear:
            await release_all(story)
            assert not told(story, purposes=Purpose)
        all_read(story)


async def test_n13_over_a_registry_nobody_stands_for_only_duty_is_told() -> None:
    """However many people let it go while they did not know: who must not know is unclear."""
    async with night() as story:
        looked_at(story, story.began - timedelta(days=91))
        await story.publish(threat())
        await release_all(story)
        await story.advance(hours=1)
        all_read(story)

        assert not told(story)
        pages = {sent.message.purpose for sent in story.sent("ana.sms")}
        assert {Purpose.PAGE, Purpose.INCIDENT} <= pages, "help is called, and somebody to look"

        looked_at(story, story.now)
        await story.advance(minutes=2)
        all_read(story)
        assert {"ines", "noor"} <= told(story), "somebody looked: what waited goes on"


async def test_n13_a_registry_that_grows_old_in_the_middle_holds_what_was_to_come() -> None:
    async with night() as story:
        looked_at(story, story.began - timedelta(days=89, hours=23))
        await story.publish(threat())
        await story.release("missions", by="Ana")
        await story.settle()
        before = told(story)
        assert "ines" in before
        await story.advance(days=2)
        all_read(story)

        assert told(story) == before, "nobody further, though nobody answered"
        assert Purpose.INCIDENT in {sent.message.purpose for sent in story.sent("ana.sms")}


async def test_n15_each_of_thirty_critical_reports_pages_at_once_even_at_night_and_stopped() -> (
    None
):
    async with night() as story:
        await story.do(c.StopOutgoing(inbox=_inbox("stop"), on=True, by="person:ana"))
        before = len(story.sent("ana.sms"))
        alike = [threat(f"abduction-{n}", code="abduction", situation=f"s-{n}") for n in range(30)]
        await story.publish_together(alike)
        await story.settle()
        all_read(story)

        pages = story.sent("ana.sms")[before:]
        assert len({sent.message.reference for sent in pages}) >= 30
        assert {sent.at for sent in pages} == {story.began}


async def test_n16_the_same_report_counts_once_and_a_like_one_is_new() -> None:
    async with night() as story:
        await story.publish(threat(), times=3)
        assert story.count_events() == 1
        first = len(story.sent("ana.sms"))
        assert first == 1
        await story.publish(threat("threat-2"))
        all_read(story)

        assert story.count_events() == 2
        assert len(story.sent("ana.sms")) > first
        assert set(story.post.counts.values()) == {1}


async def test_n17_a_drill_reaches_nobody_for_real() -> None:
    async with night() as story:
        story.ends_broken()  # it rings nobody, for there are no drill phones: the auditor says so
        await story.publish(threat(exercise=True))
        await release_all(story)
        await story.advance(hours=2)

        assert story.facts(f.EventJoined)
        assert not story.post.sent


async def test_n17_what_is_real_never_uses_an_address_made_for_drills() -> None:
    place = loto()
    drill = tuple(
        replace(each, endpoints=tuple(replace(end, exercise=True) for end in each.endpoints))
        if each.id == "ines"
        else each
        for each in place.contacts
    )
    async with night(replace(place, contacts=drill)) as story:
        await story.publish(threat())
        await release_all(story)
        all_read(story)

        assert "ines" not in told(story, purposes=Purpose)
        assert "capital-qs" in told(story)


@pytest.mark.parametrize(
    ("change", "with_"),
    [
        ("mode: quiet", "mode: public"),
        ('event.code != ""', 'event.identity == "x"'),
        ('event.code != ""', 'event.source_contact != ""'),
        ("gate: release_two", "gate: none"),
    ],
)
def test_n18_a_rulebook_addresses_no_public_no_ungated_company_and_no_identity(
    change: str, with_: str
) -> None:
    parts = (towns._POLICY, f"rules:\n  - {EVERYTHING}\n", towns._FIELDS, towns._DUTY)
    good = 'version: "1"\nname: n\n' + "".join(parts)
    assert load(good, filename="good.yaml").version == rulebook(EVERYTHING, name="n").version

    with pytest.raises(RulebookError):
        load(good.replace(change, with_), filename="bad.yaml")


async def test_n23_after_stop_nothing_leaves_but_duty_hears_and_two_people_lift_it() -> None:
    async with night() as story:
        await story.publish(threat())
        async with story.sending_stopped():
            await release_all(story)
            pages = len(story.sent("ana.sms"))
            await story.do(c.StopOutgoing(inbox=_inbox("stop"), on=True, by="person:ana"))
        await story.advance(hours=1)
        assert not told(story, purposes=Purpose)
        assert len(story.sent("ana.sms")) > pages

        for n in range(2):
            await story.do(c.StopOutgoing(inbox=_inbox(f"go-{n}"), on=False, by="person:ana"))
        await story.advance(minutes=1)
        assert not told(story, purposes=Purpose), "one person is not two"
        await story.do(c.StopOutgoing(inbox=_inbox("go"), on=False, by="person:ben"))
        await story.advance(minutes=1)
        all_read(story)
        assert told(story)


class _Beats:
    """An outside watch that counts."""

    def __init__(self) -> None:
        self.count = 0

    async def beat(self) -> None:
        self.count += 1


async def test_n24_no_sign_of_life_is_given_while_a_promise_is_broken() -> None:
    """Silence is what an outside watch pages a person for."""
    async with night() as story:
        story.ends_broken()
        raised: list[str] = []

        async def raise_(incident: c.RaiseIncident) -> None:
            raised.append(incident.code.value)

        beats = _Beats()
        auditor = Auditor(
            reader=InlineReader(story.database), raise_incident=raise_, heartbeat=beats,
            clock=story.clock, config=lambda: (story.rulebook, story.roster),
            up_since=story.began,
        )  # fmt: skip
        await story.publish(threat())
        await auditor.turn()
        assert (beats.count, raised) == (1, [])

        conn = story.database.writer()
        conn.execute(text("UPDATE cases SET version = version + 7 WHERE kind = 'case'"))
        conn.commit()
        conn.close()
        for _ in range(2):  # it looks again before it calls anybody
            await auditor.turn()
        assert beats.count == 1
        assert raised


async def test_n25_the_journal_only_grows_holds_together_and_names_nobody() -> None:
    async with night() as story:
        await story.publish(threat(sector="garments"))
        await release_all(story)
        await story.propose(by="Ana")
        all_read(story)
        story.run(lambda conn: _assert_sound(journal.verify(conn)))
        bodies = [row.body for row in story.read(text("SELECT body FROM journal"))]
        named = [party.name.encode() for party in story.registry.parties()]

        assert len(bodies) > 10
        assert not [name for name in named for body in bodies if name in body]
        assert not [body for body in bodies if b'garments"' in body and b"sector" in body]
        for verb in ("UPDATE journal SET kind = 'x'", "DELETE FROM journal"):
            conn = story.database.writer()
            with pytest.raises(DBAPIError):
                conn.exec_driver_sql(verb)
            conn.rollback()
            conn.close()


def _assert_sound(faults: tuple[object, ...]) -> None:
    assert not faults


@pytest.mark.parametrize("hours", [6, 38])
async def test_n27_after_an_outage_duty_is_told_at_once_once_and_nothing_stale_goes_out(
    hours: int,
) -> None:
    async with night() as story:
        await story.publish(threat(code="abduction"))
        await story.release("missions", by="Ana")
        before = told(story)
        pages = len(story.sent("ben.sms"))
        await story.restart(hours=hours)
        all_read(story)

        came = story.sent("ben.sms")[pages:]
        assert len(came) == 1, "one page, however many steps were due"
        assert {sent.at for sent in came} == {story.now}
        if hours > 12 + 4:
            assert told(story) == before
        assert set(story.post.counts.values()) == {1}


async def test_n29_whoever_holds_the_consent_sees_just_who_was_told_and_when() -> None:
    async with night() as story:
        await story.publish(threat())
        await release_all(story)
        file = story.run(lambda conn: holder_file(conn, "hotline-a/subject-1"))
        shown = {
            each.party
            for case in file.cases
            for each in told_parties(case)
            if any(fate(message) is Fate.OUT for message in each.messages)
        }
        contacts = [story.registry.contact(name) for name in told(story)]
        left = {each.party for each in contacts if each is not None}
        all_read(story)

        assert left
        assert shown == left


@a_few
@given(codes=st.lists(st.sampled_from(sorted(THREATS)), min_size=2, max_size=4))
async def test_n30_no_report_ever_makes_a_case_less_grave_or_ends_it(codes: list[str]) -> None:
    async with night() as story:
        await story.publish(threat(code="arrest"))
        worst = story.case().severity
        for n, code in enumerate(code for code in codes if code != "exercise"):
            await story.publish(threat(f"more-{n}", code=code, severity=Severity.WATCH.value))
            assert story.case().severity.rank <= worst.rank
            assert story.case().status is CaseStatus.OPEN
            worst = story.case().severity
        all_read(story)
        assert not story.facts(f.ResolutionProposed)
