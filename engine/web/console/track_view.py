"""The tracks of a case in words: what each waits for, who is asked, what came of it. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from engine.case.state import Alert, AlertStatus, Case, CaseStatus, Promise, TrackState
from engine.store.case_file import CaseFile, NoticeRow
from engine.web.console.names import Names
from engine.web.console.present_complaints import complaint_days
from engine.web.console.present_leverage import leverages
from engine.web.console.present_line import channel
from engine.web.console.present_path import tell_path
from engine.web.words.reasons import LINKED, why
from engine.web.words.sentence import Said
from engine.web.words.states import ACTION, ALERT_STATUS, DELIVERY, GATE, TRACK
from rules.graph import Registry
from schemas.codes import TrackName
from schemas.plan import Candidate, Gate

DELIVERIES_MOST = 3
_GOOD = (AlertStatus.ANSWERED, AlertStatus.PROMISED, AlertStatus.ACTED)
_TOLD = (*_GOOD, AlertStatus.WAITING, AlertStatus.SILENT)


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertView:
    """One party on one track."""

    id: str
    ref: str
    party: str
    status: str
    good: bool
    deliveries: tuple[Said, ...]
    why: str
    linked: str
    leverage: Said
    """How much it can change by its business, of what is known today; empty: it has no figure."""
    path: tuple[Said, ...]
    complaint: str
    """Until when it takes a complaint; empty: nobody said."""
    answerable: bool
    judgeable: bool = False
    """Whether it answered something whose worth a person may judge."""
    promised: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackView:
    """One ladder."""

    id: str
    name: str
    words: str
    rows: tuple[AlertView, ...]
    may_release: bool
    may_propose: bool
    release_words: str
    may_lift: bool
    lift_words: str
    may_steer: bool = False

    @property
    def may(self) -> bool:
        """Whether there is anything to press."""
        return self.may_release or self.may_lift or self.may_propose or self.may_steer


def track_views(
    file: CaseFile, *, names: Names, me: str, registry: Registry | None = None
) -> tuple[TrackView, ...]:
    """Every track of the plan, duty first. `registry`: the one in memory, of what it says today."""
    case = file.case
    found = {each.alert: each.candidate for plan in file.plans for each in plan.alerts}
    have = {} if registry is None else leverages(file, names=names, registry=registry)
    days = {} if registry is None else complaint_days(file, registry=registry)
    return tuple(
        _track(state, case, file.notices, names, me, found, have, days) for state in case.tracks
    )


def _track(
    state: TrackState,
    case: Case,
    notices: tuple[NoticeRow, ...],
    names: Names,
    me: str,
    found: Mapping[str, Candidate],
    have: Mapping[str, Said],
    days: Mapping[str, str],
) -> TrackView:
    name = state.track.name
    duty = name is TrackName.DUTY
    waits = state.anchor_at is None and not duty
    more = any(t.kind == "release" and t.detail == name.value for t in case.tasks)
    agreed = state.released_by if waits else state.again_by
    is_open = case.status is CaseStatus.OPEN
    return TrackView(
        id=name.value,
        name=TRACK[name],
        words=_words(state, names),
        rows=tuple(
            _alert(
                alert,
                notices,
                names,
                found.get(alert.id),
                have.get(alert.id, ()),
                days.get(alert.id, ""),
            )
            for alert in sorted(case.alerts, key=lambda each: (each.rank, each.party))
            if alert.track is name
        ),
        may_release=is_open
        and not duty
        and (waits or more or state.release_until is not None)
        and me not in (*agreed, state.joint_by),
        may_propose=is_open and name.outward and state.joint is None,
        release_words=_release_words(waits=waits, agreed=bool(agreed)),
        may_lift=is_open and state.frozen and me not in state.lifted_by,
        lift_words="Lift as the second person" if state.lifted_by else "Agree to lift the freeze",
        may_steer=is_open and not duty and (not waits or bool(state.released_by)),
    )


def _release_words(*, waits: bool, agreed: bool) -> str:
    if agreed:
        return "Release as the second person…"
    return "Decide on the release…" if waits else "Release those found since…"


def _words(state: TrackState, names: Names) -> str:
    said = []
    if state.frozen:
        until = f" until {names.time(state.frozen_until)}" if state.frozen_until else ""
        given = " and ".join(names.person(person).text for person in state.lifted_by)
        more = f" {given} agreed; one more is needed." if given else ""
        said.append(f"Frozen{until}; two people are needed to lift it.{more}")
    if state.track.name is TrackName.DUTY:
        if state.hold_until is not None:
            said.append(f"Quiet until {names.time(state.hold_until)}: somebody has it.")
        elif state.next_at is not None:
            said.append(f"Called again {names.time(state.next_at)} until somebody takes it.")
    elif state.anchor_at is None:
        given = " and ".join(names.person(person).text for person in state.released_by)
        more = f" {given} agreed; one more is needed." if given else ""
        said.append(f"Waits: {_gate(state, names)}.{more}")
    else:
        released = state.track.gate is not Gate.NONE
        ahead = released and state.step == 0 and state.next_at == state.anchor_at
        word = "Released; it starts" if ahead else "Released" if released else "Started"
        said.append(f"{word} {names.time(state.anchor_at)}.")
        if state.protocol:
            said.append(f"By protocol {state.protocol}.")
        if state.release_until is not None:
            said.append(f"The gate closes again {names.time(state.release_until)}.")
        if state.next_at is not None:
            said.append(f"Next step {names.time(state.next_at)}.")
    return " ".join(said)


def _gate(state: TrackState, names: Names) -> str:
    if state.joint is None:
        return GATE[state.track.gate]
    who = names.person(state.joint_by).text
    return f"{who} proposed {ACTION[state.joint]} together; two others release it"


def _alert(
    alert: Alert,
    notices: tuple[NoticeRow, ...],
    names: Names,
    found: Candidate | None,
    leverage: Said,
    complaint: str,
) -> AlertView:
    latest = [row for row in notices if row.alert == alert.id and row.tell_no == alert.tell_no]
    duty = alert.track is TrackName.DUTY
    refused = alert.status in (AlertStatus.WITHHELD, AlertStatus.CLOSED)
    return AlertView(
        id=alert.id,
        ref="" if duty else alert.ref,
        party=names.party(alert.party).text,
        status=ALERT_STATUS[alert.status],
        good=alert.status in _GOOD,
        deliveries=(
            *(_promise(promise, names) for promise in alert.promises),
            *(_delivery(row, names, duty=duty) for row in latest[:DELIVERIES_MOST]),
        ),
        why=why(alert.reason) if alert.reason is not None and refused else "",
        linked=LINKED[found.linkage] if found else "",
        leverage=leverage,
        path=tell_path(found.path, names) if found else (),
        complaint=complaint,
        answerable=not duty and alert.status in _TOLD,
        judgeable=not duty and bool(alert.status in _GOOD or alert.promises or alert.acts),
        promised=not duty and bool(alert.promises),
    )


def _promise(promise: Promise, names: Names) -> Said:
    what = ACTION[promise.action_kind]
    return (names.contact(promise.by), f" promised {what} by {names.time(promise.due_at)}")


def _delivery(row: NoticeRow, names: Names, *, duty: bool) -> Said:
    state = DELIVERY.get(row.state, row.state.replace("_", " "))
    when = names.time(row.settled_at or row.decided_at)
    way = channel(row.channel)
    if duty:
        return (f"{way[:1].upper()}{way[1:]}: {state} ({when})",)
    return (names.contact(row.contact), f", {way}: {state} ({when})")
