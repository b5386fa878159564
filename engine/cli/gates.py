"""Commands about gates: releasing on a record, certainty, modes, necessity, joint action."""

from typing import Annotated, Any

import typer

from engine.cli.asking import ask
from engine.cli.cases import Note, Ref, Track, Until, case, moment
from engine.cli.command import OPERATE, command
from engine.cli.exits import CommandError, Exit
from engine.cli.terminal import Terminal

OnTrack = Annotated[
    str | None, typer.Option("--track", help="Only this track; none: the ceiling of the case.")
]


def declare(app: typer.Typer) -> None:
    """Register the release, which stands at the top level."""

    @command(app, "release", panel=OPERATE)
    async def release(
        terminal: Terminal,
        ref: Ref,
        track: Track,
        forecast: Annotated[str, typer.Option(help="Reprisal expected: low, medium, high")],
        why: Annotated[
            str, typer.Option(help="protect_now, requested_by_subject, leverage, observe_date")
        ] = "",
        wishes_read: Annotated[
            bool, typer.Option("--wishes-read", help="You have read what the person wishes.")
        ] = False,
        partner: Annotated[
            str, typer.Option(help="Id of the partner who agreed; for companies.")
        ] = "",
        whether: Annotated[
            str,
            typer.Option(
                help="Why it is theirs: caused_or_contributed, linked, business_case, moral_choice"
            ),
        ] = "",
        how: Annotated[
            str, typer.Option(help="quiet_request, one_by_one, together, through_initiative")
        ] = "quiet_request",
        waiting: Annotated[
            str, typer.Option(help="Risk of not acting, to the person: low, medium, high")
        ] = "",
        check: Annotated[
            list[str] | None,
            typer.Option(metavar="POINT=CODE", help="Pre-flight, for companies; repeatable."),
        ] = None,
        agree_with: Annotated[
            str,
            typer.Option(metavar="RECORD", help="The first person's record, as case show gives it"),
        ] = "",
        controller: Annotated[
            list[str] | None, typer.Option(help="Headquarters that two people name; repeatable.")
        ] = None,
        check_note: Annotated[
            list[str] | None,
            typer.Option(metavar="POINT=WORDS", help="Words on a point, sealed; repeatable."),
        ] = None,
        until: Until = None,
        start: Annotated[
            str | None,
            typer.Option(metavar="TIME", help="Nobody is told before; with its offset."),
        ] = None,
        note: Note = "",
    ) -> None:
        """Allow a track to tell its parties. Companies need two people and the whole record."""
        result = await ask(
            terminal, "release", case=ref, track=track, why=why, forecast=forecast, how=how,
            wishes_read=wishes_read, partner=partner, controllers=controller or [],
            whether=whether, waiting=waiting, checks=_checks(check or []),
            check_notes=_checks(check_note or []),
            agrees_with=agree_with, expires_at=moment(until), starts_at=moment(start), note=note,
        )  # fmt: skip
        terminal.done(result, [_released(result, ref, track)])


@command(case, "together")
async def together(
    terminal: Terminal,
    ref: Ref,
    track: Track,
    action: Annotated[str, typer.Option(help="letter, meeting, demarche, other")] = "letter",
) -> None:
    """Propose that a track's parties act together. Two others release it, on a whole record."""
    result = await ask(terminal, "joint", case=ref, track=track, action=action)
    terminal.done(result, ["Proposed. The gate is closed until two other people release it."])


@command(case, "certainty")
async def certainty(
    terminal: Terminal,
    ref: Ref,
    state: Annotated[
        str, typer.Argument(metavar="STATE", help="confirmed, likely, possible, unlikely, unknown")
    ],
    why: Annotated[
        str,
        typer.Option(help="spoke_to_source, documents, second_source, doubts, contradicted, other"),
    ],
    note: Note = "",
) -> None:
    """Say how sure we are. Below likely, only duty and protection may know."""
    result = await ask(terminal, "certainty", case=ref, certainty=state, why=why, note=note)
    terminal.done(result, ["Recorded, and in force. No report moves it any more; people do."])


@command(case, "heard")
async def heard(
    terminal: Terminal,
    ref: Ref,
    source: Annotated[str, typer.Argument(metavar="SOURCE", help="Who said so, as an id.")],
    reliability: Annotated[
        str, typer.Option(help="highly_reliable, moderately_reliable, unreliable, unknown")
    ],
    note: Note = "",
) -> None:
    """Record that somebody else said so too. The same source counts once, an unreliable not."""
    result = await ask(terminal, "source", case=ref, source=source, reliability=reliability,
                       note=note)  # fmt: skip
    terminal.done(result, ["Recorded."])


@command(case, "louder")
async def louder(
    terminal: Terminal,
    ref: Ref,
    mode: Annotated[str, typer.Argument(metavar="MODE", help="private")],
    track: OnTrack = None,
) -> None:
    """Allow a louder way. Nobody is told by that; public is not possible."""
    result = await ask(terminal, "mode.raise", case=ref, mode=mode, track=track)
    terminal.done(result, ["Allowed. Release the track again for those whom it kept out."])


@command(case, "quieter")
async def quieter(
    terminal: Terminal,
    ref: Ref,
    mode: Annotated[str, typer.Argument(metavar="MODE", help="quiet or private")],
    track: OnTrack = None,
) -> None:
    """Make it quieter, at once, for everything that has not left."""
    result = await ask(terminal, "mode.lower", case=ref, mode=mode, track=track)
    terminal.done(result, ["In force. Nothing louder leaves any more."])


@command(case, "share")
async def share(
    terminal: Terminal,
    ref: Ref,
    why: Annotated[str, typer.Option(help="publisher_agreed, person_agreed, caution, other")],
    label: Annotated[
        str | None, typer.Option(help="TLP:RED, TLP:AMBER+STRICT, TLP:AMBER, TLP:GREEN")
    ] = None,
    speak_to: Annotated[
        str | None, typer.Option(help="nobody, representative, organisation")
    ] = None,
    note: Note = "",
) -> None:
    """Say how far it may be passed on, or whom they may speak to. Wider takes two people."""
    result = await ask(
        terminal, "sharing", case=ref, why=why, label=label, may_contact=speak_to, note=note
    )
    said = (
        "In force."
        if result["in_force"]
        else ("Recorded. Nothing is wider until somebody else says the same.")
    )
    terminal.done(result, [said])


@command(case, "necessity")
async def necessity(
    terminal: Terminal,
    ref: Ref,
    why: Annotated[
        str, typer.Option(help="unreachable, life_at_stake, no_time, other")
    ] = "life_at_stake",
    withdraw: Annotated[bool, typer.Option("--withdraw", help="Take it back, at once.")] = False,
    note: Note = "",
) -> None:
    """Ask vetted protection without consent, or agree as the second person."""
    if withdraw:
        result = await ask(terminal, "necessity.withdraw", case=ref)
        terminal.done(result, ["Taken back. Those who were told are asked nothing more."])
        return
    result = await ask(terminal, "necessity", case=ref, why=why, note=note)
    terminal.done(result, [_necessary(result)])


def _checks(given: list[str]) -> dict[str, str]:
    """Points of the pre-flight. Raises CommandError on one that is not `point=code`."""
    found = {}
    for one in given:
        point, equals, code = one.partition("=")
        if not (point and equals and code):
            raise CommandError(
                Exit.USAGE,
                f"{point!r} is no point of the pre-flight.",
                next_step="Write it as context=fits; docs/howto/release.md lists them all.",
            )
        found[point] = code
    return found


def _released(result: dict[str, Any], ref: str, track: str) -> str:
    """What a release led to: nobody may believe that somebody was told who was not."""
    if not result["released"]:
        return (
            "Recorded. Nobody is told until somebody else releases it too, for example with: "
            f"tocsin release {ref} {track} --forecast … --wishes-read "
            f"--agree-with {result['record']}"
        )
    count = result["parties_told"]
    if not result["begun"]:
        starts = result["starts_at"][:16].replace("T", " ")
        return f"Released. Nobody is told before {starts} UTC. Take it back: case take-back {ref}"
    if not count:
        return f"Released, but nobody can be told now. Who is left out and why: case told {ref}"
    until = f" It ends {result['until'][:16].replace('T', ' ')}." if result["until"] else ""
    return f"Released. {count} {'party is' if count == 1 else 'parties are'} asked now.{until}"


def _necessary(result: dict[str, Any]) -> str:
    if not result["in_force"]:
        return "Recorded. The case is not critical, so a second person has to agree first."
    if result["review_by"]:
        until = result["review_by"][:16].replace("T", " ")
        return f"In force. A second person has to agree by {until} UTC, or it is withdrawn."
    return "In force. Two people agreed."
