"""Reading for a batch: a handful of set-based selects, locks always in the same order.

Offsets first, then whose consent it is about, then cases by id, then those that are due and nobody
else has, then messages. What must be true of a case is read when it is locked: what was looked up
before says only which cases to lock. What a unit will need is told by its commands alone, so that
thinking needs no SQL.
"""

import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from engine.case import commands as c
from engine.case import ids
from engine.case.arrival import subjects_of
from engine.case.state import Case, CaseStatus, load_case
from engine.desk import canary as canaries
from engine.desk import inner, nearby
from engine.desk.setting import Setting
from engine.desk.sheet import Sheet, SituationKey
from engine.ports import Position
from engine.registry.loading import PARTS
from engine.store import (
    alerts,
    cases,
    consents,
    events,
    inbox,
    instances,
    links,
    meta,
    notifications,
    offsets,
    reported,
    shown,
    stopping,
    watched,
)
from engine.store.dialect import hold
from schemas.responses import ResponseKind

_WIDER = 4
"""How much further to look for something to send where others hold the first of it."""
_INCIDENT = "incident"
"""Source under which incidents are kept as situations; no publisher can be called that alone."""


def situation_of(command: c.EventArrived) -> SituationKey:
    """Whose situation it is: the publisher's own name for it, else the event itself.

    The marks cannot begin an opaque id, so drills and single events collide with nothing.
    """
    event = command.report.event
    name = event.situation if event.situation is not None else f"#{command.inbox.id}"
    return command.report.source, f"!{name}" if event.exercise else name


def incident_of(command: c.RaiseIncident) -> SituationKey:
    """The situation of an incident."""
    return f"!{_INCIDENT}", f"{command.code}:{command.key}"[:160]


def case_of(command: c.EventArrived | c.RaiseIncident, generation: int) -> str:
    """Id of the case of this generation."""
    if isinstance(command, c.RaiseIncident):
        return ids.incident_case_id(command.code, command.key, generation)
    source, name = situation_of(command)
    exercise = command.report.event.exercise
    return ids.case_id(source, name.removeprefix("!"), generation, exercise=exercise)


def pseudonyms_of(command: c.EventArrived) -> tuple[str, ...]:
    """Everybody whose consent the event names or needs."""
    source, event = command.report.source, command.report.event
    named = {f"{source}/{each.pseudonym}" for each in event.consent if each.pseudonym is not None}
    return tuple(sorted({*named, *subjects_of(source, event)}))


@dataclass(slots=True, kw_only=True)
class _Wanted:
    """What the commands of a batch will need."""

    inbox: list[tuple[str, str]] = field(default_factory=list)
    openers: dict[SituationKey, c.EventArrived | c.RaiseIncident] = field(default_factory=dict)
    alerts: set[str] = field(default_factory=set)
    passed_on: set[str] = field(default_factory=set)
    """Alerts of which somebody says that they gave it to somebody else."""
    cases: set[str] = field(default_factory=set)
    pseudonyms: set[str] = field(default_factory=set)
    """Whose consent changes."""
    whose: set[str] = field(default_factory=set)
    """Everybody whose consent counts or changes: held, so that a case that is being made and a
    consent that is being taken back see each other."""
    anew: set[str] = field(default_factory=set)
    """Cases about which somebody asks who must not know over the registry as it is now."""
    linking: set[str] = field(default_factory=set)
    """Cases that somebody links: what they told and what was done in them matters."""
    keys: set[str] = field(default_factory=set)
    named: set[tuple[str, str]] = field(default_factory=set)
    """(channel, the provider's name for a message)."""
    fire: int = 0
    claims: list[inner.Claim] = field(default_factory=list)
    switch: bool = False
    """Whether Stop outgoing is pressed or released: whoever else does waits for us."""


def gather(
    conn: Connection,
    commands: Sequence[Any],
    positions: Iterable[Position],
    sheet: Sheet,
    setting: Setting,
) -> None:
    """Fill the sheet with what these commands need, locked."""
    wanted = _wanted(commands)
    partitions = {(p.topic, p.partition) for p in positions}
    if partitions:
        sheet.batch.places = offsets.lock(conn, partitions)
    hold(conn, "consent", wanted.whose)
    if wanted.switch:
        hold(conn, "switch", {"stopped"})
        sheet.stop, sheet.stop_read = stopping.read(conn), True
        sheet.beats = instances.lives(conn)
    missing = _find_cases(conn, wanted, sheet)
    _find_near(conn, commands, wanted, sheet, setting)
    cases.insert_missing(conn, missing, now=setting.now)
    _load(cases.lock(conn, wanted.cases - set(sheet.cases)).values(), missing, sheet)
    _open_the_next(conn, wanted, sheet, setting)
    if wanted.fire:
        _find_due(conn, wanted.fire, sheet, setting)
    if wanted.claims:
        known = meta.read_all(conn)
        sheet.stop, sheet.stop_read = stopping.of(known), True
        in_force = tuple(known.get(part, "") for part in PARTS)
        sheet.stale = bool(setting.world.versions) and in_force != setting.world.versions
        _find_claimable(conn, wanted.claims, sheet, setting)
    sheet.inbox.update(inbox.read(conn, wanted.inbox))
    _read_closures(conn, sheet, setting)
    _read_around(conn, wanted, sheet)
    canaries.read(conn, commands, sheet, setting)


def _wanted(commands: Sequence[Any]) -> _Wanted:
    wanted = _Wanted()
    for command in commands:
        identity = getattr(command, "inbox", None)
        if identity is not None:
            wanted.inbox.append((identity.source, identity.id))
        match command:
            case c.EventArrived():
                wanted.openers.setdefault(situation_of(command), command)
                wanted.whose.update(pseudonyms_of(command))
                if command.report.event.consent:
                    wanted.pseudonyms.update(pseudonyms_of(command))
            case c.RaiseIncident():
                wanted.openers.setdefault(incident_of(command), command)
            case c.Respond():
                wanted.alerts.add(command.alert)
                if judged_now(command):
                    wanted.passed_on.add(command.alert)
            case c.ConsentChanged():
                wanted.pseudonyms.add(command.consent.pseudonym)
                wanted.whose.add(command.consent.pseudonym)
            case c.AgreeToConsent() | c.RevokeByHolder():
                wanted.pseudonyms.add(command.pseudonym)
                wanted.whose.add(command.pseudonym)
            case c.LinkCases():
                wanted.cases.update((command.case, command.other))
                wanted.linking.update((command.case, command.other))
            case inner.Fire():
                wanted.cases.update(command.only)
                if not command.only:
                    wanted.fire = max(wanted.fire, command.limit)
            case c.StopOutgoing() | inner.StopFile():
                wanted.switch = True
            case inner.Claim():
                wanted.claims.append(command)
            case inner.Look():
                wanted.keys.update(command.keys)
            case inner.Settle():
                wanted.keys.update(outcome.key for outcome in command.outcomes)
            case inner.Report(report=report):
                wanted.keys.update(key for key in (report.key,) if key)
                wanted.named.update(
                    (report.channel, name) for name in (report.provider_id,) if name
                )
            case inner.Delay():
                pass
            case _:
                case_id = getattr(command, "case", "")
                if case_id:
                    wanted.cases.add(case_id)
                if judged_now(command):
                    wanted.anew.add(case_id)
    return wanted


_JUDGED_NOW = (c.Release, c.ClearExclusion, c.Recheck, c.AddRecipient, c.Replan)


def judged_now(command: Any) -> bool:
    """Whether it is judged over the registry as it is now, not as it was when the case was planned:
    whatever lets more people know, and whether somebody who was told let the wrong ones know."""
    if isinstance(command, c.Respond):
        return command.response.kind is ResponseKind.PASSED_ON
    return isinstance(command, _JUDGED_NOW)


def _find_cases(conn: Connection, wanted: _Wanted, sheet: Sheet) -> dict[str, int]:
    """Add the ids of all cases that must be locked; return those that may have to be made."""
    missing: dict[str, int] = {}
    known = cases.known_situations(conn, wanted.openers)
    for key, command in wanted.openers.items():
        if key in sheet.situations:
            continue
        generation, case_id, status = known.get(key, (0, "", ""))
        if status in ("", "closed"):
            generation = generation + 1 if status else 0
            case_id = case_of(command, generation)
            missing[case_id] = generation
        sheet.situations[key] = (generation, case_id)
        wanted.cases.add(case_id)
    if wanted.alerts:
        sheet.alerts.update(alerts.cases_of(conn, wanted.alerts))
        wanted.cases.update(sheet.alerts[id] for id in wanted.alerts if id in sheet.alerts)
        wanted.anew.update(sheet.alerts[id] for id in wanted.passed_on if id in sheet.alerts)
    if wanted.pseudonyms:
        sheet.subjects.update(cases.subjects(conn, wanted.pseudonyms))
        for pseudonym in wanted.pseudonyms:
            wanted.cases.update(sheet.subjects.get(pseudonym, ()))
    sheet.linked.update(links.of(conn, wanted.cases - set(missing)))
    for linked in sheet.linked.values():
        wanted.cases.update(linked)
    if wanted.linking:
        wanted.linking.update(*(sheet.linked.get(id, ()) for id in wanted.linking))
        sheet.acts.update(events.acts(conn, wanted.linking))
        sheet.told_at.update(watched.notices(conn, wanted.linking))
    if wanted.named:
        sheet.named.update(reported.keys_of(conn, wanted.named))
        wanted.keys.update(sheet.named.values())
    if wanted.keys:
        sheet.owners.update(notifications.cases_of(conn, wanted.keys))
        wanted.cases.update(sheet.owners[key] for key in wanted.keys if key in sheet.owners)
    return missing


def _find_near(
    conn: Connection, commands: Sequence[Any], wanted: _Wanted, sheet: Sheet, setting: Setting
) -> None:
    """Add the cases that a suspected reprisal freezes with its own."""
    own = {
        command.report.event_id: sheet.situations[situation_of(command)][1]
        for command in commands
        if isinstance(command, c.EventArrived)
    }
    sheet.near.update(nearby.find(conn, commands, own, setting, linked=sheet.linked))
    for near in sheet.near.values():
        wanted.cases.update(near.touched)


def _find_due(conn: Connection, most: int, sheet: Sheet, setting: Setting) -> None:
    """Lock what is due; cases that another process decides right now are left to it."""
    found, sheet.held_elsewhere = cases.lock_due(conn, now=setting.now, most=most)
    sheet.due = [stored.id for stored in found]
    known = {*sheet.cases, *sheet.broken}
    _load((stored for stored in found if stored.id not in known), {}, sheet)


def _find_claimable(
    conn: Connection, claims: Sequence[inner.Claim], sheet: Sheet, setting: Setting
) -> None:
    """Lock the cases of what may be sent; those that another process holds are left to it.

    Where it holds the first of what is due, as much is taken from further behind.
    """
    duty_only = sheet.stopped or sheet.stale
    passed: set[str] = set()
    for wider in (1, _WIDER):
        found = claimable(conn, claims, now=setting.now, duty_only=duty_only, wider=wider)
        fresh = [(key, case) for key, case in found if key not in passed]
        if wider > 1:
            fresh = fresh[: len(passed) - len(sheet.claimable)]
        wanted = {case for _, case in fresh} - {*sheet.cases, *sheet.broken}
        _load(cases.lock_free(conn, wanted).values(), {}, sheet)
        ours = {*sheet.cases, *sheet.broken}
        sheet.claimable += [(key, case) for key, case in fresh if case in ours]
        passed.update(key for key, _ in fresh)
        if len(sheet.claimable) == len(passed):
            break
    sheet.held_elsewhere = sheet.held_elsewhere or len(sheet.claimable) < len(passed)


def claimable(
    conn: Connection,
    claims: Sequence[inner.Claim],
    *,
    now: datetime,
    duty_only: bool,
    wider: int = 1,
) -> list[tuple[str, str]]:
    """(key, case) of what these claims may take, in the order it should leave."""
    found: dict[str, str] = {}
    for claim in claims:
        if claim.only:
            found.update(notifications.cases_of(conn, claim.only))
            continue
        free = dict(claim.free)
        for channel in notifications.channels(conn):
            slots = free.get(channel, claim.others) * wider
            if slots > 0:
                found.update(
                    notifications.due(
                        conn, channel=channel, slots=slots, now=now, stopped=duty_only
                    )
                )
    return list(found.items())


def _load(stored: Iterable[cases.StoredCase], missing: dict[str, int], sheet: Sheet) -> None:
    for each in stored:
        id = each.id
        sheet.batch.heads[id] = each.head
        sheet.batch.versions[id] = each.version
        if each.status == cases.NEW:
            sheet.batch.unborn.append(id)
            sheet.cases[id] = Case(id=id, generation=missing.get(id, 0))
            continue
        try:
            sheet.cases[id] = load_case(each.state)
        except (ValueError, zlib.error):  # the bytes are damaged, or of another release
            sheet.broken.add(id)


def _open_the_next(conn: Connection, wanted: _Wanted, sheet: Sheet, setting: Setting) -> None:
    """A report about a case that cannot be read opens the next one: help is called all the same.

    So does one about a case that somebody closed before it was locked.
    """
    fresh: dict[str, int] = {}
    for key, command in wanted.openers.items():
        generation, case_id = sheet.situations[key]
        case = sheet.cases.get(case_id)
        if case_id in sheet.broken or (case is not None and case.status is CaseStatus.CLOSED):
            case_id = case_of(command, generation + 1)
            fresh[case_id] = generation + 1
            sheet.situations[key] = (generation + 1, case_id)
    cases.insert_missing(conn, fresh, now=setting.now)
    _load(cases.lock(conn, set(fresh) - set(sheet.cases)).values(), fresh, sheet)


def _read_closures(conn: Connection, sheet: Sheet, setting: Setting) -> None:
    digests = {case.id: case.closure_digest for case in sheet.cases.values()}
    linked = {link.strictures.closure for case in sheet.cases.values() for link in case.links}
    stored = setting.exclusions.read(conn, {*digests.values(), *linked})
    sheet.beside.update({digest: stored[digest] for digest in linked})
    for id, digest in digests.items():
        if id not in sheet.closures:
            sheet.closures[id] = stored[digest]


def _read_around(conn: Connection, wanted: _Wanted, sheet: Sheet) -> None:
    whose = set(wanted.pseudonyms)
    for case in sheet.cases.values():
        whose.update(consents.pseudonyms(case))
        whose.update(name for link in case.links for name in consents.whose(link))
    for command in wanted.openers.values():
        if isinstance(command, c.EventArrived):
            whose.update(pseudonyms_of(command))
    whose.difference_update(sheet.consents)
    sheet.consents.update(consents.newest(conn, whose))
    if wanted.keys:
        sheet.notices.update(notifications.by_keys(conn, wanted.keys))
    if sheet.claimable:
        keys = {key for key, _ in sheet.claimable} - set(sheet.notices)
        sheet.notices.update(notifications.by_keys(conn, keys, wait=False))
    outward = {
        row.case_id for row in sheet.notices.values() if row.lane not in notifications.DUTY_LANES
    }
    now_excluded = {*wanted.anew, *(outward if wanted.claims else ())}
    if now_excluded:
        asked = (sheet.cases[id] for id in now_excluded if id in sheet.cases)
        now_excluded |= {link.case for case in asked for link in case.links}
        sheet.case_events.update(events.of_cases(conn, now_excluded))
    read = {alert.id for case in sheet.cases.values() for alert in case.alerts if alert.reached}
    if read:
        sheet.shown.update(shown.of_alerts(conn, read))
