"""A receipt of what one party was told, in lines to print and hand out. Pure."""

from collections.abc import Iterator
from datetime import UTC, datetime

from engine.web.console.present_line import channel
from engine.web.console.present_telling import PURPOSE
from engine.web.proof import Proof
from engine.web.words.countries import country_name
from engine.web.words.fields import field_words
from engine.web.words.states import DELIVERY, RESPONSE
from schemas.projection import Purpose

_PURPOSES: dict[str, str] = {purpose.value: PURPOSE[purpose] for purpose in Purpose}


def lines(proof: Proof, *, digest: str) -> Iterator[str]:
    """All of it, with every place it rests on."""
    yield f"What {proof.name} was told, made {_time(proof.made_at)}"
    if proof.exercise:
        yield "This was an exercise: nothing of it happened."
    yield ""
    yield "Messages:"
    for each in proof.notices:
        purpose = _PURPOSES.get(each.purpose, each.purpose)
        yield f"  {_time(each.decided_at)}  {each.ref}  {channel(each.channel)}: {purpose}"
        yield f"      {DELIVERY.get(each.state, each.state)}{_at(each.leaves)}"
    yield ""
    if proof.shown:
        yield "Its page has shown, to whoever entered the code, since:"
        for content in proof.shown:
            yield f"  {_time(content.since)}  {field_words(content.content)}"
    else:
        yield "Its page was not opened with the code: nothing was shown."
    yield ""
    yield "It answered:" if proof.answers else "It has not answered."
    for answer in proof.answers:
        yield f"  {_time(answer.at)}  {RESPONSE[answer.kind]}{_at((answer.leaf,))}"
    yield ""
    yield binds(proof)
    yield ""
    yield f"In the journal, stream {proof.stream}:"
    for leaf in proof.leaves:
        yield f"  {leaf.n}  {_time(leaf.at)}  {leaf.kind}  {leaf.hash}"
    yield f"It went to {proof.head.n}, {_time(proof.head.at)}, {proof.head.hash}"
    yield f"Digest of this receipt: {digest}"
    yield ""
    yield proof.means


def verdict(*, differs_at: int | None, made: bool) -> str:
    """Whether the journal still says exactly this, in one sentence."""
    if differs_at is not None:
        return f"The journal does not say this: the first place that differs is {differs_at}."
    if not made:
        return (
            "The journal says this of each place, but a receipt of exactly this content was never "
            "made here."
        )
    return "The journal still says exactly this."


def binds(proof: Proof) -> str:
    """Whether a state holds that what was told binds; never that it does not."""
    if not proof.state:
        return "Its state is not known to the registry, nor whether what it was told binds it."
    where = country_name(proof.state)
    if proof.knowledge_binds:
        return f"It belongs to {where}, where what a company was told can bind it in law."
    return f"It belongs to {where}; whether what it was told binds it there is not recorded."


def _time(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def _at(places: tuple[int, ...]) -> str:
    return f" [{', '.join(map(str, places))}]" if places else ""
