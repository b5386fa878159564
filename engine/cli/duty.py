"""Commands about duty: who is on, who next, and what people change of it at any hour."""

from datetime import datetime
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer

from engine.cli.asking import ask
from engine.cli.cases import moment
from engine.cli.command import command, group
from engine.cli.exits import Exit
from engine.cli.terminal import Terminal, table

duty = group("Who is on duty, who next, who is away, and whom no page reaches.")

Starts = Annotated[
    str | None, typer.Option("--from", metavar="TIME", help="2027-03-02T20:00+01:00; else now.")
]
Ends = Annotated[str, typer.Option("--until", metavar="TIME", help="2027-03-03T08:00+01:00")]
Confirm = Annotated[bool, typer.Option("--confirm", help="Also where it leaves a role to nobody.")]
Person = Annotated[str, typer.Option("--person", help="Id or label; else yourself.")]


@command(duty, "now")
async def now(terminal: Terminal) -> None:
    """Who is on duty, until when, who next, who is away, and whom no page reaches."""
    _show(terminal, await ask(terminal, "duty.now"))


@command(duty, "next")
async def following(terminal: Terminal) -> None:
    """Who is on duty next, in the order of time."""
    found = await ask(terminal, "duty.now")
    coming = [each["then"] for each in found["roles"] if each["then"] is not None]
    coming.sort(key=lambda each: (each["starts"], each["role"]))
    rows = [(_time(each["starts"], found), *_who(each, found)) for each in coming]
    terminal.done(
        {"next": coming, "zone": found["zone"]}, table(rows) or ["Nothing changes within a year."]
    )


@command(duty, "who")
async def who(
    terminal: Terminal,
    at: Annotated[str, typer.Option(metavar="TIME", help="2027-03-02T03:00+01:00")],
) -> None:
    """Who is on duty at a time."""
    found = await ask(terminal, "duty.now", at=moment(at))
    terminal.done(found, table(_who(each["now"], found) for each in found["roles"]))


@command(duty, "absent")
async def absent(
    terminal: Terminal,
    ends: Ends,
    person: Annotated[str, typer.Argument(metavar="[PERSON]", help="Id or label.")] = "",
    starts: Starts = None,
    confirm: Confirm = False,
) -> int:
    """Say that somebody is away: the next one takes over, at once."""
    result = await ask(
        terminal, "duty.absent", person=person, starts=moment(starts), ends=moment(ends),
        confirmed=confirm,
    )  # fmt: skip
    return _changed(terminal, result)


@command(duty, "cover")
async def cover(
    terminal: Terminal,
    ends: Ends,
    person: Annotated[str, typer.Argument(metavar="[PERSON]", help="Who covers.")] = "",
    instead_of: Annotated[str, typer.Option("--for", metavar="PERSON", help="Whose place.")] = "",
    role: Annotated[str | None, typer.Option(help="handler, second, shift_lead, director")] = None,
    starts: Starts = None,
    confirm: Confirm = False,
) -> int:
    """Take somebody's place, or a whole role, for a while."""
    result = await ask(
        terminal, "duty.cover", person=person, instead_of=instead_of, role=role,
        starts=moment(starts), ends=moment(ends), confirmed=confirm,
    )  # fmt: skip
    return _changed(terminal, result)


@command(duty, "swap")
async def swap(
    terminal: Terminal,
    at: Annotated[str, typer.Option("--at", metavar="TIME", help="Any time within your shift.")],
    other: Annotated[str, typer.Option("--with", metavar="PERSON", help="Id or label.")],
    theirs: Annotated[str, typer.Option("--theirs", metavar="TIME", help="Within their shift.")],
    person: Person = "",
    confirm: Confirm = False,
) -> int:
    """Exchange a shift with somebody: each takes the other's."""
    result = await ask(
        terminal, "duty.swap", person=person, at=moment(at), other=other, theirs=moment(theirs),
        confirmed=confirm,
    )  # fmt: skip
    return _changed(terminal, result)


@command(duty, "withdraw")
async def withdraw(
    terminal: Terminal,
    id: Annotated[str, typer.Argument(metavar="ENTRY", help="From: tocsin duty now")],
    confirm: Confirm = False,
) -> int:
    """Take an absence, a cover or a swap back; one that has begun ends now."""
    return _changed(terminal, await ask(terminal, "duty.withdraw", id=id, confirmed=confirm))


@command(duty, "lint")
async def check(
    terminal: Terminal,
    files: Annotated[
        list[Path] | None, typer.Argument(metavar="[FILE]...", help="Else what is in force.")
    ] = None,
) -> int:
    """Look for what nobody wants at night: gaps, people out of reach, shifts that are too long."""
    if files:
        from engine.cli.duty_check import check_files

        return check_files(terminal, files)
    found = await ask(terminal, "duty.lint")
    lines = [f"{each['where'] or 'roster'}: {each['what']} {each['next_step']}"
             for each in found["warnings"]]  # fmt: skip
    terminal.done(found, lines or ["Nothing to look at."])
    return Exit.UNSOUND if found["warnings"] else Exit.DONE


@command(duty, "calendar")
async def calendar(
    terminal: Terminal,
    person: Person = "",
    everybody: Annotated[bool, typer.Option("--all", help="Of everybody.")] = False,
    weeks: Annotated[int, typer.Option(help="So far ahead.")] = 8,
    address: Annotated[
        bool, typer.Option("--address", help="Print where a phone's calendar subscribes.")
    ] = False,
    anew: Annotated[
        bool, typer.Option("--anew", help="Another address; the old one opens nothing.")
    ] = False,
) -> None:
    """Shifts as an iCalendar file, or the address of one that is always the newest."""
    found = await ask(
        terminal, "duty.calendar", person=person, everybody=everybody, weeks=weeks, anew=anew
    )
    text = [found["address"]] if address or anew else found["calendar"].splitlines()
    terminal.done(found, text)


def _show(terminal: Terminal, found: dict[str, Any]) -> None:
    rows = []
    for each in found["roles"]:
        then = each["then"]
        more = (
            ""
            if then is None
            else f"until {_time(then['starts'], found)}, then {_names(then, found)}"
        )
        rows.append((*_who(each["now"], found), more))
    lines = table(rows)
    lost = [each for each in found["people"] if not each["reachable"]]
    if lost:
        lines += ["", "No page reaches:"]
        lines += [f"  {each['label']} ({each['person']}): {_why(each)}" for each in lost]
    if found["changes"]:
        lines += ["", "Entered by people:"]
        lines += table(_entry(each, found) for each in found["changes"])
    terminal.done(found, [*lines, "", f"Times of {found['zone']}."])


def _who(watch: dict[str, Any], found: dict[str, Any]) -> tuple[str, str]:
    return watch["role"].replace("_", " "), _names(watch, found)


def _names(watch: dict[str, Any], found: dict[str, Any]) -> str:
    if not watch["people"]:
        return "nobody"
    names = ", ".join(found["labels"].get(each, each) for each in watch["people"])
    if watch["held_by"] in (watch["role"], None):
        return names
    return f"nobody, so {names} ({watch['held_by'].replace('_', ' ')})"


def _why(member: dict[str, Any]) -> str:
    said = [f"{way['endpoint']} {_TROUBLE[way['trouble']]}" for way in member["ways"]]
    return "; ".join(said) or "has no endpoint"


_TROUBLE = {
    "": "works",
    "no_address": "is in no contact",
    "no_channel": "is on a channel that is not switched on",
    "channel_failing": "is on a channel that fails now",
    "failed_lately": "was refused the last time",
}


def _entry(entry: dict[str, Any], found: dict[str, Any]) -> tuple[str, ...]:
    name = found["labels"].get
    if entry["kind"] == "swap":
        gives, takes = entry["gives"], entry["takes"]
        words = f"{name(gives['person'])} and {name(takes['person'])} swap"
        starts, ends = min(gives["starts"], takes["starts"]), max(gives["ends"], takes["ends"])
    else:
        starts, ends = entry["starts"], entry["ends"]
        words = f"{name(entry['person'])} is away"
        if entry["kind"] == "cover":
            place = name(entry["for"]) if entry["for"] else entry["role"].replace("_", " ")
            words = f"{name(entry['person'])} covers for {place}"
    return ("  " + (entry["id"] or "-"), words, f"{_time(starts, found)} to {_time(ends, found)}")


def _time(text: str, found: dict[str, Any]) -> str:
    local = datetime.fromisoformat(text).astimezone(ZoneInfo(found["zone"]))
    return f"{local:%a %Y-%m-%d %H:%M}"


def _changed(terminal: Terminal, result: dict[str, Any]) -> int:
    """Say what changes; where a role would be empty and nobody confirmed, say that nothing did."""
    lines = table(
        (f"  {_time(each['starts'], result)} to {_time(each['ends'], result)}", *_who(each, result))
        for each in result["empty" if not result["done"] else "differs"]
    )
    if result["done"]:
        head = [f"Entered as {result['id']}. On duty by it:" if lines else
                f"Entered as {result['id']}. Nobody else is on duty by it."]  # fmt: skip
        terminal.done(result, [*head, *lines])
        return Exit.DONE
    terminal.done(
        result,
        [
            "Nothing changed: nobody would be left in a role, and pages would go to the next one:",
            *lines,
            "-> Let somebody cover first (tocsin duty cover), or repeat it with --confirm.",
        ],
    )
    return Exit.REFUSED
