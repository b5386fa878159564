"""Stop outgoing: anybody stops everything at once; letting it go on takes two different people."""

from dataclasses import replace
from datetime import datetime, timedelta

from engine.case import commands as c
from engine.case.draft import Refusal
from engine.desk import inner
from engine.desk.setting import Setting
from engine.desk.sheet import Sheet
from engine.store import stopping
from engine.store.stopping import BY_FILE, BY_RESTORE, Stop
from schemas.codes import IncidentCode
from schemas.facts.system import OutgoingAllowed, OutgoingLiftGiven, OutgoingStopped
from schemas.responses import Done, RefusedBecause

GONE_AFTER = timedelta(seconds=60)
"""A file that nobody has looked at for so long lies on a machine that is gone: it stops nothing."""


def switch(command: c.StopOutgoing, sheet: Sheet, setting: Setting) -> Done:
    """Stop at once; or agree that it goes on, which it does when a second person agrees."""
    if command.on:
        _stop(sheet, setting, by=command.by)
        return Done(detail="stopped")
    return _go_on(sheet, setting, by=command.by)


def file_seen(command: inner.StopFile, sheet: Sheet, setting: Setting) -> None:
    """Note whether an engine sees the file. One that appears stops; one that goes lifts nothing."""
    known = command.place in sheet.stop.files
    if command.there and not (known and sheet.stop.on):
        _stop(sheet, setting, by=BY_FILE)
    if command.there is not known:
        sheet.batch.switches.update(stopping.seen(command.place, there=command.there))
        others = {*sheet.stop.files} - {command.place}
        files = (*others, command.place) if command.there else (*others,)
        sheet.stop = replace(sheet.stop, files=tuple(sorted(files)))


def _stop(sheet: Sheet, setting: Setting, *, by: str) -> None:
    """Whoever agreed to go on has to agree anew; duty hears of it by a page of its own.

    A backup that was put back may say itself that all is stopped, by somebody who would let it go
    on now: that it was put back is news all the same.
    """
    before = sheet.stop
    if before.on and by != BY_RESTORE:
        _set(sheet, replace(before, agreed=""))
    else:
        _set(sheet, replace(before, on=True, since=setting.now, by=by, agreed=""))
        key = f"{setting.now:%Y%m%dT%H%M%S}"
        code = IncidentCode.OUTGOING_STOPPED if by != BY_RESTORE else IncidentCode.PUT_BACK
        sheet.follow_ups.append(c.RaiseIncident(code=code, key=key))
    sheet.batch.system.append(OutgoingStopped(by=by))


def _go_on(sheet: Sheet, setting: Setting, *, by: str) -> Done:
    before = sheet.stop
    if not before.on:
        return Done(detail="allowed")
    lies = [place for place in before.files if _lives(place, sheet.beats, now=setting.now)]
    if lies:
        raise Refusal(RefusedBecause.STOP_FILE, f"It is seen by {', '.join(lies)}.")
    if by == before.agreed:
        raise Refusal(RefusedBecause.SAME_PERSON, "A second person has to switch on again.")
    if not before.agreed:
        _set(sheet, replace(before, agreed=by))
        sheet.batch.system.append(OutgoingLiftGiven(by=by))
        return Done(detail="agreed")
    for place in before.files:
        sheet.batch.switches.update(stopping.seen(place, there=False))
    _set(sheet, Stop())
    sheet.batch.system.append(OutgoingAllowed(by=by, agreed=before.agreed))
    return Done(detail="allowed")


def _lives(place: str, beats: dict[str, datetime], *, now: datetime) -> bool:
    """Whether an engine that saw the file still says that it is alive."""
    last = beats.get(place)
    return last is not None and now - last < GONE_AFTER


def _set(sheet: Sheet, stop: Stop) -> None:
    sheet.stop = stop
    sheet.batch.switches.update(stopping.values(stop))
