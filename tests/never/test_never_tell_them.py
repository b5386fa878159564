"""N1 to N3, N6, N7, N14, N28: who is never told, whatever the registry and people say."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.case import commands as c
from notifiers.outcome import OutcomeReason
from schemas.codes import TrackName
from schemas.link import LinkStatus
from schemas.projection import Purpose
from schemas.responses import Refused
from tests.harness.people import Place, contact, link, party
from tests.harness.reports import consent, report, withdrawal
from tests.harness.story import Story
from tests.harness.towns import loto
from tests.never.night import (
    EVERYBODY,
    all_read,
    night,
    put_into_force,
    release_all,
    threat,
    told,
)

a_few = settings(
    max_examples=4, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)
HELPERS = {"haldane": "noor", "fjord-pension": "fjord", "brightwater": "brightwater"}
TIES = (
    ("loto-garments", "parent_of", None),
    (None, "parent_of", "loto-garments"),
    ("loto-garments", "joint_venture_with", None),
    ("loto-garments", "contracts_security", None),
    (None, "represents", "loto-garments"),
    (None, "same_as", "loto-garments"),
)
"""Ways of being tied to the perpetrator; None stands for the helper."""


def _tied(
    place: Place, helper: str, tie: tuple[str | None, str, str | None], **more: object
) -> Place:
    a, kind, b = tie
    return replace(place, links=(*place.links, link(a or helper, kind, b or helper, **more)))


@a_few
@given(
    helper=st.sampled_from(sorted(HELPERS)),
    tie=st.sampled_from(TIES),
    status=st.sampled_from(LinkStatus),
    late=st.booleans(),
)
async def test_n01_whoever_is_tied_to_the_perpetrator_is_never_told(
    helper: str, tie: tuple[str | None, str, str | None], status: LinkStatus, late: bool
) -> None:
    """Over any tie, of any status; known before, or only when the message is about to leave."""
    place = _tied(loto(), helper, tie, status=status)
    async with night(loto() if late else place) as story:
        await story.publish(threat())
        async with story.sending_stopped():
            await release_all(story)
            if late:
                put_into_force(story, place)
        all_read(story)

        assert HELPERS[helper] not in told(story, purposes=Purpose)
        assert not {name for name in told(story, purposes=Purpose) if name.startswith("holdings")}


@a_few
@given(status=st.sampled_from([s for s in LinkStatus if s is not LinkStatus.VERIFIED]))
async def test_n02_a_link_that_nobody_stands_for_brings_nobody_in_and_keeps_somebody_out(
    status: LinkStatus,
) -> None:
    place = loto()
    doubtful = tuple(
        replace(each, status=status) if each.kind.value in ("buys_from", "invests_in") else each
        for each in place.links
    )
    async with night(replace(place, links=doubtful)) as story:
        await story.publish(threat())
        await release_all(story)
        all_read(story)

        assert told(story) <= {"ines", "capital-qs"}
        story.withheld("loto-holdings", reason="controller_needs_two")


@pytest.mark.parametrize("role", ["operator", "site", "employer"])
async def test_n03_while_nobody_knows_who_did_it_the_operators_group_is_never_told(
    role: str,
) -> None:
    async with night() as story:
        await story.publish(threat(parties={"loto-garments": role}))
        await release_all(story)
        one = await story.do(_clearing(story, by="person:ana"))
        again = await story.do(_clearing(story, by="person:ana"))
        await release_all(story)
        all_read(story)

        assert "holdings-hq" not in told(story, purposes=Purpose)
        assert isinstance(again, Refused), "the same person is not two"
        assert not isinstance(one, Refused)

        await story.do(_clearing(story, by="person:ben"))
        await release_all(story, ["companies"])
        all_read(story)
        assert "holdings-hq" in told(story), "two people may lift it"


def _clearing(story: Story, *, by: str) -> c.ClearExclusion:
    return c.ClearExclusion(
        inbox=story.inbox(),
        case=story.case().id,
        parties=("loto-holdings",),
        by=by,
        why="operator_not_involved",
    )


AUDIENCE_OF = {
    "noor": "companies", "noor-deputy": "companies", "holdings-hq": "companies",
    "fjord": "investors", "brightwater": "investors", "ines": "missions", "capital-qs": "missions",
}  # fmt: skip


@a_few
@given(
    audiences=st.sets(st.sampled_from(EVERYBODY)),
    mode=st.sampled_from(["quiet", "private"]),
    run_out=st.booleans(),
)
async def test_n06_nobody_is_told_without_a_live_consent_for_just_that(
    audiences: set[str], mode: str, run_out: bool
) -> None:
    until = datetime(2027, 3, 1, 22 if run_out else 23, 0, tzinfo=UTC)
    given_ = consent(*sorted(audiences), mode=mode, until=until.isoformat())
    async with night() as story:
        await story.publish(threat(consents=None, consent=[given_]))
        await release_all(story)
        all_read(story)

        heard = {AUDIENCE_OF[name] for name in told(story)}
        assert heard <= (set() if run_out else audiences)
        if mode == "quiet":
            assert heard <= {"missions", "nhris"}


async def test_n06_necessity_reaches_no_company_and_no_embassy() -> None:
    place = loto()
    place = replace(
        place,
        parties=(*place.parties, party("shelter", "protection", "QR", support=("relocation",))),
        contacts=(*place.contacts, contact("shelter-desk", "shelter")),
    )
    async with night(place) as story:
        await story.publish(threat(code="abduction", consents=None))
        for by in ("person:ana", "person:ben"):
            inbox = c.Inbox(source="story", id=f"necessity-{by}", digest="0" * 64)
            await story.do(
                c.DecideNecessity(inbox=inbox, case=story.case().id, by=by, why="life_at_stake")
            )
        await release_all(story)
        all_read(story)

        assert told(story, purposes=Purpose) <= {"shelter-desk"}


@pytest.mark.parametrize("left_already", [True, False])
async def test_n07_a_consent_taken_back_stops_all_that_has_not_left_and_stands_the_others_down(
    left_already: bool,
) -> None:
    async with night() as story:
        await story.publish(threat())
        if left_already:
            await release_all(story)
        async with story.sending_stopped():
            await release_all(story)
            before = told(story)
            await story.publish(withdrawal(id="enough"))
        all_read(story)

        assert told(story) == before
        assert told(story, purposes=[Purpose.STAND_DOWN]) == before
        assert bool(before) is left_already


async def test_n14_a_name_that_only_looks_like_somebody_makes_no_recipient() -> None:
    """Names in words are kept sealed; only an exact id of the registry leads to anybody."""
    async with night() as story:
        for n, near in enumerate(("Loto-Garments", "loto garments", "loto-garment", "haldane-")):
            said = report(
                "death_threat", id=f"near-{n}", situation=f"near-{n}", country=None,
                parties={near: "buyer"}, consents=EVERYBODY,
            )  # fmt: skip
            await story.publish(said)
        for case in story.cases():
            assert not case.alerts or all(a.track is TrackName.DUTY for a in case.alerts)
        all_read(story)
        assert not told(story, purposes=Purpose)


@pytest.mark.parametrize("days", [-1, 0])
async def test_n28_an_address_that_nobody_stands_for_any_more_is_never_used(days: int) -> None:
    place = loto()
    until = datetime(2027, 3, 1, 22, 0, tzinfo=UTC) + timedelta(days=days)
    stale = tuple(replace(each, verified_until=until) for each in place.contacts)
    async with night(replace(place, contacts=stale)) as story:
        await story.publish(threat())
        await release_all(story)
        all_read(story)

        assert not told(story, purposes=Purpose)


async def test_n28_a_bounce_is_no_delivery_and_the_next_contact_is_told() -> None:
    async with night() as story:
        story.post.broken["ines.email"] = OutcomeReason.REFUSED_ADDRESS
        await story.publish(threat())
        await story.release("missions", by="Ana")
        all_read(story)

        assert told(story) == {"capital-qs"}
