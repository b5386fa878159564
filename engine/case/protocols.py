"""Protocols: what one publisher may release by machine, as two people agreed beforehand.

For this publisher, these audiences and codes, and where named this subject, the consent in the
event releases at once, within the guard (design section 5.1). Nobody's hand is on every case, so
nothing is read into it: a protocol that ran out, or that one person signed twice, covers nothing.
"""

from engine.case import commands as c
from engine.case import tasks, telling
from engine.case.draft import Draft
from engine.case.gates import remind
from engine.case.preflight import needs_all
from engine.case.protect import inside
from engine.case.state import CaseStatus, TrackState
from schemas import facts as f
from schemas.plan import Gate, Protocol, Spread, Trouble


def apply(draft: Draft, command: c.EventArrived) -> None:
    """Release what this report's consent opens under a protocol; say where one has run out."""
    if draft.case.status is not CaseStatus.OPEN or command.report.source in inside(draft.case):
        return
    if Trouble.REGISTRY_OLD in command.candidates.troubles:
        return  # Nobody stands for who is tied to whom: people look before anybody is told.
    for state in draft.case.tracks:
        if state.track.gate is not Gate.PROTOCOL or state.frozen:
            continue
        if needs_all(draft.case, state):
            continue  # Companies, several investors at once, joint action: people write a record.
        found = [p for p in command.candidates.protocols if covers(p, state, command)]
        valid = [p for p in found if p.until > draft.now]
        if valid:
            _release(draft, state, max(valid, key=lambda p: (p.until, p.id)))
        elif found:
            tasks.raise_task(draft, "protocol_over", detail=state.track.name.value)


def covers(protocol: Protocol, state: TrackState, command: c.EventArrived) -> bool:
    """Whether this protocol speaks of this report and track, and the report brings the consent."""
    event, name = command.report.event, state.track.name
    named = {subject.pseudonym for subject in event.subjects}
    return (
        len(set(protocol.agreed_by)) > 1
        and name.outward
        and name in protocol.audiences
        and protocol.publisher == command.report.source
        and event.code in protocol.codes
        and (protocol.subject is None or named == {protocol.subject})
        and any(name in given.audiences and given.state != "revoked" for given in event.consent)
    )


def _release(draft: Draft, state: TrackState, protocol: Protocol) -> None:
    name, again = state.track.name, state.open_at(draft.now)
    draft.add(
        f.ProtocolApplied(
            protocol=protocol.id,
            track=name,
            at=draft.now,
            agreed_by=protocol.agreed_by,
            until=protocol.until,
            again=again,
        )
    )
    tasks.drop_tasks(draft, "release", detail=name.value)
    if again:
        spread = Spread.NEXT if telling.one_at_a_time(draft.case, name) else Spread.ALL
        telling.tell_track(draft, name, spread=spread, by_hand=True)
    else:
        remind(draft, name)
