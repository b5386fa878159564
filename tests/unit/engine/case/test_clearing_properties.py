"""Random ties, in any order: nobody is told whom two people did not clear of every one of them."""

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.case import commands as c
from engine.case.draft import Refusal
from engine.case.protect import judge_party
from rules import exclusion
from schemas import facts as f
from schemas.codes import TrackName
from schemas.link import Link, LinkKind, LinkStatus
from tests.unit.engine.case.builders import FJORD, Story, an_event, registry_without

KINDS = (
    LinkKind.CONTRACTS_SECURITY,
    LinkKind.REPRESENTS,
    LinkKind.JOINT_VENTURE_WITH,
    LinkKind.PARENT_OF,
    LinkKind.SAME_AS,
)
ENDS = ("guardia", "minera", "police")


@st.composite
def ties(draw: st.DrawFn) -> Link:
    one, other = draw(st.permutations(("fjord", draw(st.sampled_from(ENDS)))))
    kind, status = draw(st.sampled_from(KINDS)), draw(st.sampled_from(LinkStatus))
    return Link(
        id=f"{one}-{kind}-{other}-{status}", kind=kind, a=one, b=other, status=status, source="x"
    )


def _over(story: Story, links: list[Link]) -> None:
    registry = registry_without(links=tuple({link.id: link for link in links}.values()))
    fresh = exclusion.closure(registry, an_event())
    closure = exclusion.join(story.case.around.closure, fresh)
    story.around(registry=registry, closure=closure)


def _clear(story: Story, by: str) -> bool:
    try:
        story.send(
            c.ClearExclusion(
                inbox=story.inbox(), case=story.case.id, parties=("fjord",), by=by, why="other"
            )
        )
    except Refusal:
        return False
    return True


@given(
    first=st.lists(ties(), max_size=3),
    second=st.lists(ties(), max_size=2),
    by=st.lists(st.sampled_from(("ana", "ben")), max_size=3),
    release=st.booleans(),
)
@settings(max_examples=60, deadline=None)
def test_no_tie_is_told_that_two_people_did_not_clear(
    first: list[Link], second: list[Link], by: list[str], release: bool
) -> None:
    story = Story()
    _over(story, first)
    story.report(candidates=(FJORD,)).page_answered()
    for person in by:
        _clear(story, person)
    _over(story, first + second)
    if release:
        story.release(TrackName.INVESTORS)
    story.send(c.Recheck(case=story.case.id))

    grounds = {entry.ground for entry in story.case.around.closure.grounds("fjord")}
    seen = [set(x.grounds) for x in story.of(f.ExclusionCleared)]
    firm = [
        entry
        for entry in story.case.around.closure.grounds("fjord")
        if not (entry.tagged or entry.clearable)
    ]
    verdict = judge_party(story.case, track=TrackName.INVESTORS, party="fjord", now=story.now)
    free = not grounds or (not firm and any(grounds <= each for each in seen))
    assert verdict.allowed is free
    if not free:
        assert "fjord-mail" not in story.told()
    for cleared in story.of(f.ExclusionCleared):
        assert len(set(cleared.by)) == 2


@given(soft=st.lists(ties(), min_size=1, max_size=4))
@settings(max_examples=40, deadline=None)
def test_what_is_refused_names_a_link_in_the_way_and_what_is_not_is_soft(soft: list[Link]) -> None:
    story = Story()
    _over(story, soft)
    story.report(candidates=(FJORD,)).page_answered()
    found = story.case.around.closure.grounds("fjord")
    if not found:
        return
    firm = [entry for entry in found if not (entry.tagged or entry.clearable)]
    assert _clear(story, "ana") is not bool(firm)
