"""What the holder's page shows, made of what was read: parties, times and plain words. Pure."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar
from zoneinfo import ZoneInfo

from engine.store.holder_file import HolderFile
from engine.store.told import ToldCase
from engine.web.holder import english as words
from engine.web.told import (
    BY_CONSENT,
    Fate,
    NotTold,
    ToldParty,
    as_it_is_now,
    fate,
    might_be_told,
    not_told,
    told_parties,
)
from engine.web.words.times import day, short_moment
from schemas.codes import TrackName
from schemas.consent import Consent
from schemas.plan import Reason

_T = TypeVar("_T")
TOLD_PART = 12
"""Parties told that one page shows."""
OUT_PART = 60
"""Names left out that one page shows: all of a small page, hundreds by pressing on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldLine:
    """One party that was told, or nearly."""

    who: str
    audience: str
    about: str
    """Which matter, where there are several."""
    sent: tuple[str, ...]
    content: str
    stream: str
    """Since when their own system reads along, and what; empty: it does not."""
    answers: tuple[str, ...]
    over: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OutLine:
    """One reason, and everybody it kept out."""

    why: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class HolderView:
    """One page of the list."""

    now: str
    allowed: str
    stopped: bool
    told: tuple[ToldLine, ...]
    told_count: int
    out: tuple[OutLine, ...]
    out_count: int
    part: int
    more: bool
    drill: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class StopView:
    """What a stop ended, and what it came too late for."""

    ended: tuple[str, ...]
    out: tuple[str, ...] = field(default=())
    perhaps: tuple[str, ...] = field(default=())


def holder_view(file: HolderFile, *, part: int, zone: ZoneInfo, now: datetime) -> HolderView:
    """Part of the list, as it is at this time; a part beyond the end is empty."""
    told = [each for case in file.cases for each in told_parties(case)]
    told.sort(key=lambda each: each.messages[0].decided_at, reverse=True)
    out = sorted(_left_out(file, now), key=lambda pair: (_ORDER[pair[0]], pair[1]))
    several = len(file.cases) > 1
    return HolderView(
        now=f"{short_moment(now, zone=zone)} ({zone.key})",
        allowed=words.allowed(file.consent, zone=zone, now=now),
        stopped=file.consent is not None and file.consent.revoked,
        told=tuple(
            _line(file, each, several=several, zone=zone) for each in _of(told, part, TOLD_PART)
        ),
        told_count=len(told),
        out=tuple(_grouped(_of(out, part, OUT_PART))),
        out_count=len(out),
        part=part,
        more=len(told) > (part + 1) * TOLD_PART or len(out) > (part + 1) * OUT_PART,
        drill=bool(file.cases) and all(each.case.exercise for each in file.cases),
    )


def stop_view(file: HolderFile) -> StopView:
    """What the stop that counts now ended: names, sorted; nothing while nothing is stopped."""
    if file.consent is None or not file.consent.revoked:
        return StopView(ended=())
    told = [each for case in file.cases for each in told_parties(case)]
    since = file.consent.recorded_at or file.consent.given_at
    ended = {
        each.party
        for each in told
        for message in each.messages
        if fate(message) is Fate.NEVER
        and message.purpose != "stand_down"
        and message.settled_at is not None
        and message.settled_at >= since
    }
    asked = [each for each in told if _asked(each, Fate.OUT)]
    unsure = [each for each in told if _asked(each, Fate.PERHAPS) and not _asked(each, Fate.OUT)]
    return StopView(
        ended=_names(file, ended),
        out=_names(file, (each.party for each in asked)),
        perhaps=_names(file, (each.party for each in unsure)),
    )


def _asked(party: ToldParty, how: Fate) -> bool:
    return any(
        fate(message) is how for message in party.messages if message.purpose != "stand_down"
    )


def _names(file: HolderFile, parties: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted({_name(file, party) for party in parties}))


def _line(file: HolderFile, told: ToldParty, *, several: bool, zone: ZoneInfo) -> ToldLine:
    about = ""
    if several and told.opened_at is not None:
        about = words.ABOUT.format(day=day(told.opened_at, zone=zone))
    reached = any(fate(message) in (Fate.OUT, Fate.PERHAPS) for message in told.messages)
    return ToldLine(
        who=_name(file, told.party),
        audience=words.AUDIENCE[told.track],
        about=about,
        sent=_sent(told, zone),
        content=words.content(told.shown, zone=zone) if reached or told.shown else "",
        stream=words.stream(told.stream_since, zone=zone),
        answers=tuple(words.answer(given, zone=zone) for given in told.answers),
        over=words.NOTHING_MORE if told.closed is not None else "",
    )


def _sent(told: ToldParty, zone: ZoneInfo) -> tuple[str, ...]:
    """Every message, newest first; those of one minute, way and fate in one line."""
    said = Counter(
        words.sent(
            at=message.settled_at or message.decided_at,
            channel=message.channel,
            purpose=message.purpose,
            fate=fate(message),
            zone=zone,
        )
        for message in told.messages
    )
    return tuple(words.times(line, count) for line, count in said.items())


def _left_out(file: HolderFile, now: datetime) -> Iterator[tuple[Reason, str]]:
    """Reason and name, each pair once; a party that was told elsewhere may still be in here."""
    seen: set[tuple[Reason, str]] = set()
    for case in file.cases:
        for each in _out_of(case):
            pair = (_as_it_is_now(each, case, file.consent, now), _name(file, each.party))
            if pair not in seen:
                seen.add(pair)
                yield pair


def _out_of(case: ToldCase) -> Iterator[NotTold]:
    """Parties, and those of whom only single contacts were left out and nobody was told."""
    told = {each.party for each in told_parties(case)}
    out = (*not_told(case.case, case.plans), *might_be_told(case.case))
    whole = {each.party for each in out if not each.contact}
    for each in out:
        if not each.contact or each.party not in told | whole:
            yield each


def _as_it_is_now(out: NotTold, case: ToldCase, consent: Consent | None, now: datetime) -> Reason:
    """Why it is not told, the holder's own word first.

    What others who are concerned do not allow is said as what nobody has allowed yet.
    """
    if out.reason is not Reason.GATE_CLOSED and out.reason not in BY_CONSENT:
        return out.reason
    mine = _in_the_way(consent, out.track, now)
    if mine is not Reason.GATE_CLOSED or out.reason is Reason.GATE_CLOSED:
        return mine
    today = as_it_is_now(out, case.case, now)
    if today is not None:
        return today.reason if len(case.case.subjects) == 1 else Reason.CONSENT_NONE
    return Reason.GATE_CLOSED


def _in_the_way(consent: Consent | None, track: TrackName | None, now: datetime) -> Reason:
    """What else than a person's decision keeps a planned party from being told."""
    if consent is None:
        return Reason.CONSENT_NONE
    if consent.revoked:
        return Reason.CONSENT_REVOKED
    if consent.until is not None and consent.until <= now:
        return Reason.CONSENT_EXPIRED
    if track is not None and track not in consent.audiences:
        return Reason.CONSENT_AUDIENCE
    return Reason.GATE_CLOSED


_ORDER = {reason: place for place, reason in enumerate(Reason)}


def _grouped(pairs: Iterable[tuple[Reason, str]]) -> Iterator[OutLine]:
    by_reason: dict[str, list[str]] = {}
    for reason, name in pairs:
        by_reason.setdefault(words.held_back(reason), []).append(name)
    for why, names in by_reason.items():
        yield OutLine(why=why, names=tuple(names))


def _of(items: list[_T], part: int, size: int) -> list[_T]:
    return items[part * size : (part + 1) * size]


def _name(file: HolderFile, party: str) -> str:
    return file.parties.get(party) or words.UNNAMED
