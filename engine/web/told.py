"""Who was told of a case and who was not, as data: the same for a handler and a holder. Pure.

Parties only: neither the people who answered for them nor our own are in here.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from engine.case.protect import safeguards
from engine.case.state import Alert, AlertStatus, Case
from engine.store.told import Given, Message, ToldCase
from rules.consents import unconsented
from schemas.codes import FieldName, Mode, TrackName
from schemas.facts import Planned
from schemas.plan import Path, Reason


class Fate(StrEnum):
    """What became of a message, as far as it matters to somebody it is about."""

    OUT = "out"
    """Handed on. It cannot be called back, and whether it was read nobody knows."""
    PERHAPS = "perhaps"
    """It may have left: nobody knows."""
    WAITS = "waits"
    """Decided and not sent yet: it can still be stopped."""
    FAILED = "failed"
    """It did not arrive this way."""
    NEVER = "never"
    """It was not sent, and will not be."""


_FATES: Mapping[str, Fate] = {
    "queued": Fate.WAITS,
    "failed_temporary": Fate.WAITS,
    "sending": Fate.PERHAPS,
    "unknown": Fate.PERHAPS,
    "handed_off": Fate.OUT,
    "delivered": Fate.OUT,
    "failed_permanent": Fate.FAILED,
    "superseded": Fate.NEVER,
    "cancelled": Fate.NEVER,
}
_LEFT_ALL_THE_SAME = ("unknown_exhausted", "not_delivered")
"""Reasons of a failure that do not say that nothing left the house."""
_ORDER = (Fate.OUT, Fate.PERHAPS, Fate.WAITS, Fate.FAILED, Fate.NEVER)


BY_CONSENT = frozenset(
    {
        Reason.CONSENT_NONE,
        Reason.CONSENT_AUDIENCE,
        Reason.CONSENT_MODE,
        Reason.CONSENT_EXPIRED,
    }
)
"""Reasons of a plan that the people concerned may have made others since."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldParty:
    """One party on one track, with everything that was sent to it and came from it."""

    alert: str
    ref: str
    track: TrackName
    party: str
    opened_at: datetime | None
    """When the case it is about was opened."""
    messages: tuple[Message, ...]
    """Newest first; never empty."""
    shown: tuple[tuple[FieldName, datetime], ...]
    """Classes of content its page has shown, with the first time of each."""
    stream_since: datetime | None
    """From when on its own system reads along; None: it never did."""
    answers: tuple[Given, ...]
    """Oldest first."""
    closed: Reason | None
    """Why nothing more is asked of it, where that is so."""

    @property
    def fate(self) -> Fate:
        """How far anything got: out, where only one message is."""
        return min((fate(each) for each in self.messages), key=_ORDER.index)


@dataclass(frozen=True, slots=True, kw_only=True)
class NotTold:
    """A party, or one contact of it, that is not told."""

    party: str
    contact: str
    reason: Reason
    path: Path
    track: TrackName | None


def fate(message: Message) -> Fate:
    """What became of a message; one whose state a later release named may have left."""
    if message.state == "failed_permanent" and message.reason in _LEFT_ALL_THE_SAME:
        return Fate.PERHAPS
    return _FATES.get(message.state, Fate.PERHAPS)


def told_parties(told: ToldCase) -> tuple[ToldParty, ...]:
    """Everybody outside for whom a message was ever decided, the newest message first."""
    by_alert: dict[str, list[Message]] = {}
    for message in told.messages:
        by_alert.setdefault(message.alert, []).append(message)
    found = [
        _party(told, alert, tuple(by_alert[alert.id]))
        for alert in told.case.alerts
        if alert.id in by_alert
    ]
    return tuple(sorted(found, key=lambda each: (each.messages[0].decided_at, each.alert)))[::-1]


def not_told(case: Case, plans: Iterable[Planned]) -> tuple[NotTold, ...]:
    """Everybody left out by any plan of a case, each once, with the newest reason.

    Whom a plan left out for want of consent, and who was told on that track since, is not among
    them.
    """
    found: dict[tuple[str, str], NotTold] = {}
    asked = {alert.party for alert in case.alerts if not _left_out(alert)}
    told = {(alert.party, alert.track) for alert in case.alerts if alert.tell_no and _lives(alert)}
    for plan in plans:
        for out in plan.withheld:
            found[(out.party, out.contact)] = NotTold(
                party=out.party,
                contact=out.contact,
                reason=out.reason,
                path=out.path,
                track=out.track,
            )
    for alert in case.alerts:
        if alert.track is not TrackName.DUTY and _left_out(alert):
            known = found.get((alert.party, ""))
            found[(alert.party, "")] = NotTold(
                party=alert.party,
                contact="",
                reason=alert.reason or Reason.GATE_CLOSED,
                path=known.path if known else (),
                track=alert.track,
            )
    return tuple(
        each
        for each in found.values()
        if (each.contact or each.party not in asked or each.reason in _STILL_SHOWN)
        and not (each.reason in BY_CONSENT and (each.party, each.track) in told)
    )


def not_told_now(case: Case, plans: Iterable[Planned], now: datetime) -> tuple[NotTold, ...]:
    """Who is not told by what is allowed today; the case: as `as_it_is_now` needs it."""
    today = (as_it_is_now(each, case, now) for each in not_told(case, plans))
    return tuple(each for each in today if each is not None)


def as_it_is_now(out: NotTold, case: Case, now: datetime) -> NotTold | None:
    """Why it is not told by today's consents, where its plan found none; None: they allow it.

    A plan was made before anybody could be asked: what it said of consent is soon untrue. The
    case: as read with what its people allow, and those of the cases it is linked with.
    """
    if out.reason not in BY_CONSENT:
        return out
    if out.track is None:
        revoked = any(each.revoked for each in case.around.consents)
        return replace(out, reason=Reason.CONSENT_REVOKED) if revoked else out
    state = case.track(out.track)
    mode = Mode.QUIET if state is None else state.mode
    verdict = next(unconsented(out.track, mode, safeguards(case), now), None)
    return None if verdict is None else replace(out, reason=verdict.reason)


def might_be_told(case: Case) -> tuple[NotTold, ...]:
    """Those who are planned and wait for a person, or for their turn."""
    return tuple(
        NotTold(
            party=alert.party,
            contact="",
            reason=Reason.GATE_CLOSED,
            path=(),
            track=alert.track,
        )
        for alert in case.alerts
        if alert.track is not TrackName.DUTY and alert.status is AlertStatus.PLANNED
    )


_STILL_SHOWN = frozenset(Reason) - {Reason.GATE_CLOSED, Reason.ALLOWED}
"""A party asked on one track may be left out of another; only a closed gate says nothing new."""


def _lives(alert: Alert) -> bool:
    return alert.status not in (AlertStatus.WITHHELD, AlertStatus.CLOSED)


def _left_out(alert: Alert) -> bool:
    """Withheld, or closed before anything was ever decided for it."""
    closed_untold = alert.status is AlertStatus.CLOSED and not alert.tell_no
    return alert.status is AlertStatus.WITHHELD or closed_untold


def _party(told: ToldCase, alert: Alert, messages: tuple[Message, ...]) -> ToldParty:
    first: dict[FieldName, datetime] = {}
    for each in told.shown:
        if each.alert == alert.id:
            first.setdefault(each.field, each.at)
    return ToldParty(
        alert=alert.id,
        ref=alert.ref,
        track=alert.track,
        party=alert.party,
        opened_at=told.case.opened_at,
        messages=messages,
        shown=tuple((name, first[name]) for name in FieldName if name in first),
        stream_since=next((each.at for each in told.streams if each.alert == alert.id), None),
        answers=tuple(given for given in told.answers if given.fact.alert == alert.id),
        closed=alert.reason if alert.status is AlertStatus.CLOSED else None,
    )
