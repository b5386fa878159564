"""Commands that ask the registry: who is linked, how, and who must not hear of it."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from engine.cli.asking import ask
from engine.cli.cases import moment
from engine.cli.command import command
from engine.cli.events import event_text
from engine.cli.terminal import Terminal, table

EventFile = Annotated[Path, typer.Option("--event", help="An event, as a source would publish it.")]
Who = Annotated[str, typer.Argument(metavar="PARTY", help="Its id, or its whole name.")]
KnownAt = Annotated[
    str | None,
    typer.Option(metavar="TIME", help="By what the registry said then: 2026-05-01T12:00Z."),
]

_UNSOUND = {
    "in_excluded_house": "In these open cases the first party is told at an address in the house of"
    " the others, who must not know. Look at the case now, and ask for another address.",
    "stale_contact": "Nobody has stood for these contacts since the day given. Ask there, and"
    " import a new date.",
    "shared_endpoint": "These parties have one address between them. Give each its own.",
    "shared_domain": "The first party's contact lies in the house of the others. Were they"
    " excluded, mail would reach them.",
    "no_focal_point": "Missions of which no focal point is known, nor a line at all hours. A desk"
    " in the capital is none.",
    "no_source": "Links of which nobody can say who said it.",
    "to_nobody": "Links that name a party nobody has entered. They exclude, and bring nobody in.",
    "owns_itself": "Control runs in a circle. One of the links is wrong, or all of them are"
    " excluded together.",
    "perhaps_the_same": "Two records that may be one party; until somebody decides, each excludes"
    " with the other. They are one: tocsin registry verify LINK. They are two: tocsin registry"
    " refute LINK, by two people; they go on excluding together.",
}
_SHOWN = 10
"""Findings of one kind that a person sees; `--json` has all."""


def declare(registry: typer.Typer) -> None:
    """Register them in the registry's group."""

    @command(registry, "show")
    async def show(terminal: Terminal, party: Who, known_at: KnownAt = None) -> None:
        """All that is known of a party, without addresses."""
        found = await ask(terminal, "registry.show", party=party, **_at(known_at))
        terminal.done(found, _of_then(found, _shown(found)))

    @command(registry, "history")
    async def history(
        terminal: Terminal,
        id: Annotated[str, typer.Argument(metavar="ID", help="Of a party or a link.")],
    ) -> None:
        """What was said of a party or a link, by whom, and when we knew it."""
        found = await ask(terminal, "registry.history", id=id)
        terminal.done(found, _told(found))

    @command(registry, "why")
    async def why(
        terminal: Terminal,
        a: Annotated[str, typer.Argument(metavar="A", help="Id or whole name of one party.")],
        b: Annotated[str, typer.Argument(metavar="B", help="Of the other.")],
        known_at: KnownAt = None,
    ) -> None:
        """How two parties are tied: by what holds today, and by anything ever known."""
        found = await ask(terminal, "registry.why", a=a, b=b, **_at(known_at))
        terminal.done(found, _of_then(found, _tied(found)))

    @command(registry, "walk")
    async def walk(
        terminal: Terminal,
        name: Annotated[str, typer.Argument(metavar="NAME", help="Such as buyers, home_missions.")],
        event: EventFile,
        known_at: KnownAt = None,
    ) -> None:
        """Whom a walk finds from an event, by which path. Nothing is sent or stored."""
        text = event_text(event)
        found = await ask(terminal, "registry.walk", walk=name, event=text, **_at(known_at))
        terminal.done(found, _of_then(found, _walked(found)))

    @command(registry, "exclude")
    async def exclude(terminal: Terminal, event: EventFile, known_at: KnownAt = None) -> None:
        """Who must never hear of an event, each with the path. Nothing is sent or stored."""
        text = event_text(event)
        found = await ask(terminal, "registry.exclude", event=text, **_at(known_at))
        terminal.done(found, _of_then(found, _excluded(found)))

    @command(registry, "doctor")
    async def doctor(terminal: Terminal) -> None:
        """What is unsound in the registry, to be mended before a night comes."""
        found = await ask(terminal, "registry.doctor")
        terminal.done(found, _unsound(found))

    @command(registry, "look")
    async def look(terminal: Terminal) -> None:
        """Say that you looked at the registry as a whole, and that it is still right."""
        found = await ask(terminal, "registry.look")
        terminal.done(found, ["Recorded. Protocols may release by machine again."])


def _at(known_at: str | None) -> dict[str, str]:
    """Said only where somebody asks for it: an engine of the version before refuses it."""
    at = moment(known_at)
    return {} if at is None else {"known_at": at}


def _of_then(found: Mapping[str, Any], lines: Iterable[str]) -> Iterator[str]:
    """The lines; above them that they are of an earlier time, so that nobody acts on them."""
    if found.get("known_at"):
        at = datetime.fromisoformat(found["known_at"])
        yield f"Of then, not of now: what the registry said at {at:%Y-%m-%d %H:%M:%S} UTC."
    yield from lines


def _shown(found: Mapping[str, Any]) -> Iterator[str]:
    yield f"{found['name']}, {found['words']} ({found['id']})"
    if found["known"]:
        yield ""
        yield from table((each["what"], each["says"]) for each in found["known"])
    yield ""
    if found["contacts"]:
        yield "How it is reached"
        yield from _indented(
            table(
                (c["label"], c["level"], c["ways"], c["hours"], c["stale"])
                for c in found["contacts"]
            )
        )
    else:
        yield "No contact: nobody there can be told."
    yield ""
    yield "Links" if found["links"] else "No link to anybody is known."
    yield from _indented(_link_lines(found["links"]))
    if found["more"]:
        yield f"  and {found['more']} more"


def _told(found: Mapping[str, Any]) -> Iterator[str]:
    for each in found["said"]:
        until = f"{_minute(each['until'])}" if each["until"] else "now"
        place = f"{each['file']}:{each['line']}" if each["file"] else "no file"
        yield f"{_minute(each['since'])} to {until}  {each['source']}, {place}, by {each['by']}"
        yield from _indented(f"{name}: {value}" for name, value in each["changed"].items())


def _minute(moment: object) -> str:
    return str(moment)[:16].replace("T", " ")


def _tied(found: Mapping[str, Any]) -> Iterator[str]:
    a, b = found["a"]["name"], found["b"]["name"]
    holding, ever = found["holding"]["links"], found["ever"]["links"]
    if not holding and not ever:
        yield f"Nothing ties {a} to {b} within six links."
        return
    if holding:
        yield "That day:" if found.get("known_at") else "Today:"
        yield from _indented(_link_lines(holding, figures=True))
    else:
        when = "That day" if found.get("known_at") else "Today"
        yield f"{when} nothing that is verified ties them."
    if ever != holding and ever:
        yield (
            "Over anything ever known by then:"
            if found.get("known_at")
            else ("Over anything ever known, which excludes:")
        )
        yield from _indented(_link_lines(ever))


def _walked(found: Mapping[str, Any]) -> Iterator[str]:
    day = f" on {found['on']}" if found["on"] else ""
    left_out = sum(1 for each in found["found"] if each.get("left_out"))
    less = f" {left_out} of them will be left out: they must not know." if left_out else ""
    yield f"{len(found['found'])} found{day}.{less}"
    if found["truncated"]:
        yield "So many are linked that not all were looked at: look for others."
    for each in found["found"]:
        yield f"{each['name'] or each['id']} ({each['id']})"
        yield from _indented(each["path"])
        if each["leverage"]:
            yield from _indented([each["leverage"]["says"]])
        yield from _indented(_beside(each))
    if found["withheld"]:
        yield ""
        yield f"{len(found['withheld'])} that only a bad link would bring in:"
    for each in found["withheld"]:
        yield f"{each['name'] or each['id']} ({each['id']}): {each['why']}"
        yield from _indented(each["path"])


def _beside(each: Mapping[str, Any]) -> Iterator[str]:
    """Whom a law firm acts for, and that exclusion will leave somebody out, with the reason."""
    clients = [client["name"] or client["id"] for client in each.get("represents", ())]
    if clients:
        more = f" and {len(clients) - _SHOWN} more" if len(clients) > _SHOWN else ""
        yield f"Represents, or represented: {', '.join(clients[:_SHOWN])}{more}"
    left_out = each.get("left_out")
    if left_out:
        yield f"Will be left out. {left_out['why']}"
        yield from _indented(left_out["path"])


def _excluded(found: Mapping[str, Any]) -> Iterator[str]:
    if found["states"]:
        yield "Excluded with all that speaks for them: " + ", ".join(found["states"])
    yield f"{len(found['excluded'])} parties must not hear of it."
    for each in found["excluded"]:
        yield f"{each['name'] or each['id']} ({each['id']}): {each['why']}{_lift(each)}"
        yield from _indented(each["path"])


def _lift(each: Mapping[str, Any]) -> str:
    if each["liftable"] or each["clearable"]:
        return " Two people may clear it for a case."
    if each["levels"]:
        return " Its headquarters only by two people."
    return ""


def _unsound(found: Mapping[str, Any]) -> Iterator[str]:
    kinds: dict[str, list[Mapping[str, Any]]] = {}
    for each in found["findings"]:
        kinds.setdefault(each["what"], []).append(each)
    if not kinds:
        yield "Nothing unsound was found."
    for what, several in kinds.items():
        yield f"{len(several)}: {_UNSOUND[what]}"
        for each in several[:_SHOWN]:
            who = ", ".join(p["name"] or p["id"] for p in each["parties"])
            yield "  " + " ".join(
                part for part in (each["case"], who, each["record"], each["since"]) if part
            )
        if len(several) > _SHOWN:
            yield f"  and {len(several) - _SHOWN} more: see --json"


def _link_lines(links: Iterable[Mapping[str, Any]], *, figures: bool = False) -> list[str]:
    return table(
        (
            link["says"],
            link["when"],
            *((_figure(link["leverage"]),) if figures else ()),
            link["status"],
            link["source"],
            link["id"],
        )
        for link in links
    )


def _figure(leverage: Mapping[str, Any] | None) -> str:
    return "" if leverage is None else f"leverage {leverage['figure']} of {leverage['of']}"


def _indented(lines: Iterable[str]) -> Iterator[str]:
    return (f"  {line}" for line in lines)
