"""Who was told of a case, for one of ours: channel, class of content, answers. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from engine.store.told import Message, ToldCase
from engine.web.console.names import Names
from engine.web.console.present import tell_fact
from engine.web.console.present_line import channel
from engine.web.told import ToldParty, told_parties
from engine.web.words.fields import fields_words
from engine.web.words.reasons import why
from engine.web.words.sentence import plain
from engine.web.words.states import DELIVERY, TRACK
from schemas.codes import FieldName, TrackName


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldView:
    """One party that was told, with all that went to it and came from it."""

    ref: str
    track: TrackName
    id: str
    """Of the party, in the registry."""
    party: str
    messages: tuple[Message, ...]
    shown: tuple[FieldName, ...]
    shown_since: datetime | None
    content: str
    """What its page has shown, in words."""
    stream_since: datetime | None
    stream: str
    """Since when its own system reads along; empty: it does not."""
    answers: tuple[tuple[datetime, str], ...]
    over: str
    """Why nothing more is asked of it; empty while it is."""

    @property
    def audience(self) -> str:
        """Its track, in words."""
        return TRACK[self.track]


def told_views(told: ToldCase, *, names: Names) -> tuple[ToldView, ...]:
    """Everybody outside for whom a message was ever decided, the newest first."""
    return tuple(_view(each, names) for each in told_parties(told))


def message_words(message: Message, names: Names) -> str:
    """`Lea, e-mail: handed to the next hop; …`."""
    state = DELIVERY.get(message.state, message.state.replace("_", " "))
    return f"{names.contact(message.contact).text}, {channel(message.channel)}: {state}"


def as_data(view: ToldView, names: Names) -> Mapping[str, Any]:
    """The same for a script."""
    return {
        "alert": view.ref,
        "track": view.track.value,
        "id": view.id,
        "party": view.party,
        "messages": [
            {
                "at": message.settled_at or message.decided_at,
                "decided_at": message.decided_at,
                "contact": names.contact(message.contact).text,
                "channel": message.channel,
                "purpose": message.purpose,
                "state": message.state,
                "state_words": DELIVERY.get(message.state, message.state),
            }
            for message in view.messages
        ],
        "shown": [name.value for name in view.shown],
        "shown_since": view.shown_since,
        "content": view.content,
        "stream_since": view.stream_since,
        "stream": view.stream,
        "answers": [{"at": at, "said": said} for at, said in view.answers],
        "over": view.over,
    }


def _view(told: ToldParty, names: Names) -> ToldView:
    shown = tuple(name for name, _ in told.shown)
    since = min((at for _, at in told.shown), default=None)
    return ToldView(
        ref=told.ref,
        track=told.track,
        id=told.party,
        party=names.party(told.party).text,
        messages=told.messages,
        shown=shown,
        shown_since=since,
        content=_content(shown, since, names),
        stream_since=told.stream_since,
        stream=_stream(told.stream_since, names),
        answers=tuple(
            (given.at, plain(tell_fact(given.fact, names).said)) for given in told.answers
        ),
        over=why(told.closed) if told.closed is not None else "",
    )


def _stream(since: datetime | None, names: Names) -> str:
    if since is None:
        return ""
    return (
        f"Its system reads its topic since {names.time(since)}: its own messages and answers, "
        "nothing of what happened."
    )


def _content(shown: tuple[FieldName, ...], since: datetime | None, names: Names) -> str:
    if since is None:
        return "Its page was not opened with the code: nothing was shown."
    return f"Its page has shown, since {names.time(since)}: {fields_words(shown)}."
