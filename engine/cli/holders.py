"""Commands for whoever holds a consent: the list of who was told, and links to it."""

from typing import Annotated, Any

import typer

from engine.cli.asking import ask
from engine.cli.command import command
from engine.cli.terminal import Terminal, table

Whose = Annotated[str, typer.Argument(metavar="SOURCE/PSEUDONYM")]


def declare(case: typer.Typer) -> None:
    """Register the commands beside the others about cases."""

    @command(case, "told")
    async def told(
        terminal: Terminal,
        ref: Annotated[str, typer.Argument(metavar="CASE", help="TC-4F2M9, or SOURCE/PSEUDONYM.")],
    ) -> None:
        """Who was told what, which way, when, with which answer; and who was not, and why.

        With SOURCE/PSEUDONYM: over all cases of that person, also closed ones.
        """
        if "/" in ref:
            found = await ask(terminal, "holder.told", person=ref)
            terminal.done(found, _of_person(found))
            return
        found = await ask(terminal, "case.told", case=ref)
        seen = found["before_excluded"]
        terminal.done(
            found,
            [
                *(f"! {each}" for each in seen),
                *([""] if seen else []),
                *_parties(found["parties"]),
                "",
                *not_told(found["left_out"]),
            ],
        )

    @command(case, "view-link")
    async def view_link(
        terminal: Terminal,
        ref: Annotated[str, typer.Argument(metavar="[CASE]", help="A case about one person.")] = "",
        person: Annotated[
            str, typer.Option(metavar="SOURCE/PSEUDONYM", help="Whose consent it is.")
        ] = "",
        hours: Annotated[int, typer.Option(help="How long the link opens; at most 720.")] = 168,
    ) -> None:
        """Make a link by which whoever holds the consent sees who was told, and can stop it all."""
        made = await ask(terminal, "holder.link", case=ref, person=person, hours=hours)
        terminal.done(
            made,
            [
                f"Link   {made['link']}",
                f"Code   {made['code']}",
                f"Until  {made['until'][:16].replace('T', ' ')} UTC",
                "",
                "Shown this once. Give link and code by two different ways, to the holder alone.",
                f"To end it: tocsin case view-end {made['id']}",
            ],
        )

    @command(case, "view-links")
    async def view_links(terminal: Terminal, person: Whose) -> None:
        """Links made for somebody, newest first."""
        found = await ask(terminal, "holder.links", person=person)
        rows = [
            (
                each["id"],
                each["made_at"][:16].replace("T", " "),
                each["made_by"].removeprefix("person:"),
                "open" if each["open"] else "over",
                f"opened {each['opened_at'][:16].replace('T', ' ')}" if each["opened_at"] else "",
            )
            for each in found["links"]
        ]
        terminal.done(found, table(rows) or ["None was made."])

    @command(case, "view-end")
    async def view_end(
        terminal: Terminal,
        link: Annotated[str, typer.Argument(metavar="LINK", help="Its id, from view-links.")],
    ) -> None:
        """Let a link open nothing from now on."""
        done = await ask(terminal, "holder.end", link=link)
        terminal.done(done, ["The link opens nothing any more."])


def not_told(rows: list[dict[str, Any]]) -> list[str]:
    """Who is not told and why, a sentence each, with the way there."""
    if not rows:
        return ["Nobody was left out."]
    lines = ["Not told, and why:"]
    for row in rows:
        lines.append(f"  {row.get('said') or _plainly(row)}")
        if len(row.get("path", ())) > 1:
            lines += [f"      {hop}" for hop in row["path"]]
    return lines


def _plainly(row: dict[str, Any]) -> str:
    who = f"{row['who']}, {row['contact']}" if row["contact"] else row["who"]
    return f"{who}: {row['why']}"


def _of_person(found: dict[str, Any]) -> list[str]:
    lines = [found["allowed"]]
    for case in found["cases"]:
        lines += ["", f"{case['ref']}  {case['status']}"]
        lines += [*_parties(case["parties"]), "", *not_told(case["left_out"])]
    return lines if found["cases"] else [*lines, "No case is about this person."]


def _parties(parties: list[dict[str, Any]]) -> list[str]:
    if not parties:
        return ["Nobody outside has been told anything."]
    lines = ["Told:"]
    for party in parties:
        lines.append(f"  {party['party']}  {party['alert']}  {party['track']}")
        lines += table(
            (
                "      " + message["at"][:16].replace("T", " "),
                message["channel"],
                message["contact"],
                message["state_words"],
            )
            for message in party["messages"]
        )
        lines += [f"      {said}" for said in (party["content"], party["stream"]) if said]
        lines += [
            f"      {answer['at'][:16].replace('T', ' ')}  {answer['said']}"
            for answer in party["answers"]
        ]
        if party["over"]:
            lines.append(f"      {party['over']}")
    return lines
