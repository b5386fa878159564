"""Commands about consent: what a subject allows, who said so, and taking it back."""

from typing import Annotated, Any

import typer

from engine.cli.asking import ask
from engine.cli.cases import Note, Until, moment
from engine.cli.command import command, group
from engine.cli.terminal import Terminal

Subject = Annotated[
    str, typer.Argument(metavar="SOURCE/PSEUDONYM", help="As the publisher calls the person.")
]
Audience = Annotated[
    list[str] | None, typer.Option(help="Who may be told: missions, nhris …; repeatable.")
]
Field = Annotated[
    list[str] | None, typer.Option(help="What may be shown: country, act …; repeatable.")
]

consent = group("See and record what a subject allows. Valid before any case, and across cases.")

_CAME = {
    "in_force": "Recorded, and in force.",
    "narrowed": "Narrowed, and in force. Whoever is out was stopped.",
    "revoked": "Taken back. Nothing more leaves; those who were told hear that it is over.",
    "nothing_new": "That is how it stands already.",
    "older": "A newer word is recorded, so this one widened nothing. Only what both allow counts.",
}

_COMPARE = "If there should be one, compare how its page on consent writes the person."


@command(consent, "show")
async def show(terminal: Terminal, subject: Subject) -> None:
    """What counts now, what waits for people to agree, and every record there was."""
    found = await ask(terminal, "consent.show", subject=subject)
    terminal.done(found, _story(found))


@command(consent, "give")
async def give(
    terminal: Terminal,
    subject: Subject,
    audience: Audience = None,
    mode: Annotated[str, typer.Option(help="quiet, private or public")] = "quiet",
    basis: Annotated[
        str,
        typer.Option(help="person, representative, guardian, community or no_identifiable_person"),
    ] = "person",
    field: Field = None,
    until: Until = None,
    given_at: Annotated[
        str | None, typer.Option(metavar="TIME", help="When the person said so; none: now.")
    ] = None,
    obtained: Annotated[
        str, typer.Option(help="written, spoken, gesture, standing_agreement")
    ] = "unknown",
    holder: Annotated[str, typer.Option(help="Id of whoever holds it and may take it back.")] = "",
    witness: Annotated[str, typer.Option(help="Id of whoever was there.")] = "",
    inability: Annotated[
        str | None,
        typer.Option(help="Why the person could not be asked: detained, in_hiding, child …"),
    ] = None,
    needed: Annotated[int, typer.Option(help="Of a community: how many must agree.")] = 0,
    of: Annotated[int, typer.Option(help="Of how many representatives.")] = 0,
    agreed: Annotated[
        list[str] | None, typer.Option(help="Id of one who agreed; repeatable.")
    ] = None,
    note: Note = "",
) -> None:
    """Record all that a subject allows now. Companies and the public take a second person."""
    result = await ask(
        terminal, "consent.give", subject=subject, audiences=audience or [], mode=mode,
        basis=basis, fields=field or [], until=moment(until), given_at=moment(given_at),
        obtained=obtained, holder=holder, witness=witness, inability=inability, needed=needed,
        of=of, agreed=agreed or [], note=note,
    )  # fmt: skip
    terminal.done(result, _came(result))


@command(consent, "narrow")
async def narrow(
    terminal: Terminal,
    subject: Subject,
    audience: Audience = None,
    mode: Annotated[str | None, typer.Option(help="quiet or private; none: as it was")] = None,
    field: Field = None,
    until: Until = None,
) -> None:
    """Leave of a consent what you name. It counts at once; what you do not name stays."""
    result = await ask(
        terminal, "consent.narrow", subject=subject, audiences=audience, mode=mode,
        fields=field or [], until=moment(until),
    )  # fmt: skip
    terminal.done(result, _came(result))


@command(consent, "revoke")
async def revoke(terminal: Terminal, subject: Subject) -> None:
    """Take a consent back, in every case of its subject, ahead of all other work."""
    result = await ask(terminal, "consent.revoke", subject=subject)
    terminal.done(result, _came(result))


@command(consent, "agree")
async def agree(
    terminal: Terminal,
    subject: Subject,
    mark: Annotated[str, typer.Argument(metavar="MARK", help="As `consent show` gives it.")],
) -> None:
    """Agree that a subject allows more, as somebody else said."""
    result = await ask(terminal, "consent.agree", subject=subject, wider=mark)
    terminal.done(result, _came(result))


def _came(result: dict[str, Any]) -> list[str]:
    """What came of it. Of a name that no case knows nobody may believe that something stopped."""
    waits = (
        "Recorded. It counts once a second person agrees; until then only what both records "
        f"allow. They look and agree: tocsin consent show {result['subject']}"
    )
    said = _CAME.get(result["detail"], waits)
    if result["cases"]:
        return [said]
    nobody = f"No case is about {result['subject']} so far"
    if result["detail"] == "revoked":
        return [f"Taken back for what comes. {nobody}: nothing was stopped.", _COMPARE]
    return [said, f"{nobody}.", _COMPARE]


def _story(found: dict[str, Any]) -> list[str]:
    now, wider = found["now"], found["wider"]
    if now is None:
        return ["Nothing is recorded of this subject. Nobody but duty is told."]
    heading = "Counts now:" if found["counts"] else "Nobody but duty is told. On record:"
    lines = [heading, *_record(now)]
    if wider is not None:
        so_far = ", ".join(map(_person, wider["agreed"])) or "nobody yet"
        lines += [
            "",
            f"Said to be allowed, by {_person(wider['by'])}, since {_time(wider['asked_at'])}:",
            *_scope(wider),
            f"  agreed: {so_far}; {wider['needs']} needed",
            f"  Agree: tocsin consent agree {found['subject']} {wider['mark']}",
        ]
    lines += ["", "Every record, newest first:"]
    for record in reversed(found["history"]):
        what = "taken back" if record["revoked"] else ", ".join(record["audiences"]) or "nobody"
        lines.append(
            f"  {_time(record['recorded_at'])}  {what}"
            f"  ({_person(record['by']) or 'unknown'}, {record['door']})"
        )
    return lines


def _record(record: dict[str, Any]) -> list[str]:
    lines = ["  taken back"] if record["revoked"] else _scope(record)
    said = [
        ("given", f"{_time(record['given_at'])}, {record['obtained']}"),
        ("held by", record["holder"]),
        ("witness", record["witness"]),
        ("could not be asked", (record["inability"] or "").replace("_", " ")),
        ("agreed", ", ".join(map(_person, record["agreed_by"]))),
    ]
    return [*lines, *(f"  {name}: {value}" for name, value in said if value)]


def _scope(scope: dict[str, Any]) -> list[str]:
    until = f", until {_time(scope['until'])}" if scope["until"] else ""
    lines = [f"  {', '.join(scope['audiences']) or 'nobody'}; {scope['mode']}{until}"]
    basis = scope["basis"].replace("_", " ")
    group = scope["community"]
    if group is not None:
        basis += f": {len(group['agreed'])} agreed, {group['needed']} of {group['of']} needed"
    lines.append(f"  by: {basis}")
    if scope["fields"]:
        lines.append(f"  shown: {', '.join(scope['fields'])}")
    return lines


def _time(text: str) -> str:
    return text[:16].replace("T", " ")


def _person(id: str) -> str:
    return id.removeprefix("person:")
