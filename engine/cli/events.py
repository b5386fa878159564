"""Commands for publishers: checking, sealing, sending and sending again."""

import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from engine.cli.asking import ask
from engine.cli.command import command, group
from engine.cli.exits import CommandError, Exit
from engine.cli.terminal import Terminal

event = group("Check, seal and send events.")
File = Annotated[
    Path, typer.Argument(metavar="FILE", help="A CloudEvents JSON event; - for input.")
]
Url = Annotated[str, typer.Option(help="Send over HTTP to this engine: https://desk.example.")]
KeyFile = Annotated[Path | None, typer.Option(help="File with the bearer key, for --url.")]
KEY_BYTES = 32
_OF_THE_LINE = frozenset({Exit.USAGE, Exit.REFUSED})
"""Endings that say something of this one event; others hold for every one after it."""


@command(event, "validate")
def validate(terminal: Terminal, file: File) -> None:
    """Say everything that is wrong with an event, without sending it."""
    problems = problems_of(_bytes(file))
    if problems:
        raise CommandError(
            Exit.USAGE,
            f"{file}: this is not an event:\n" + "\n".join(f"  {p}" for p in problems),
            next_step="Correct these and check again.",
        )
    terminal.done({"valid": True}, [f"{file}: this event can be sent."])


@command(event, "send")
async def send(terminal: Terminal, file: File, url: Url = "", key_file: KeyFile = None) -> None:
    """Send one event: to an engine over HTTP with a key, else to this one as yourself."""
    raw = _bytes(file)
    if url:
        answer = await post(raw, url=url, key=_key(key_file))
        terminal.done(answer, [f"Taken: {answer.get('reference', 'accepted')}"])
        return
    taken = await ask(terminal, "event.report", event=_text(raw, file))
    terminal.done(taken, [f"Taken. Receipt {taken['reference']}."])


@command(event, "replay")
async def replay(terminal: Terminal, file: File, url: Url = "", key_file: KeyFile = None) -> None:
    """Send a file of events, one a line, in order. What came before is answered as then.

    A line that is not taken holds up none after it: each may be about somebody else.
    """
    lines = [pair for pair in enumerate(_bytes(file).split(b"\n"), start=1) if pair[1].strip()]
    key = _key(key_file) if url else ""
    wrong: list[CommandError] = []
    for count, (number, line) in enumerate(lines, start=1):
        try:
            if url:
                await post(line, url=url, key=key)
            else:
                await ask(terminal, "event.report", event=_text(line, file))
        except CommandError as error:
            wrong.append(CommandError(error.code, f"{file}:{number}: {error.what}"))
            if error.code not in _OF_THE_LINE:
                wrong[-1].next_step = error.next_step
                break
        terminal.progress(f"{count} of {len(lines)}")
    taken = count - len(wrong) if lines else 0
    if wrong:
        raise CommandError(
            wrong[-1].code,
            "\n".join([*(one.what for one in wrong), f"{taken} of {len(lines)} were taken."]),
            next_step=wrong[-1].next_step
            or "Correct these lines and send the file again; what was taken is not counted twice.",
        )
    terminal.done({"sent": taken}, [f"{taken} events were taken."])


@command(event, "seal")
def seal(
    terminal: Terminal,
    file: File,
    key: Annotated[
        Path | None, typer.Option(help="Public intake key, intake-….pub; else this deployment's.")
    ] = None,
) -> None:
    """Print the event with its sealed part as ciphertext that only the desk can open."""
    raw = _bytes(file)
    problems = problems_of(raw)
    if problems:
        raise CommandError(
            Exit.USAGE,
            f"{file}: this is not an event:\n" + "\n".join(f"  {p}" for p in problems),
            next_step="Correct these and seal it again.",
        )
    told = json.loads(raw)
    name, public = _public_key(key, terminal)
    words = told["data"].pop("sealed", None)
    if words:
        told["data"]["sealed"] = _boxed(words, name=name, public=public)
    print(json.dumps(told, ensure_ascii=False), flush=True)


def event_text(file: Path) -> str:
    """The event of a file. Raises CommandError with every mistake."""
    raw = _bytes(file)
    problems = problems_of(raw)
    if problems:
        raise CommandError(
            Exit.USAGE,
            f"{file}: this is not an event:\n" + "\n".join(f"  {p}" for p in problems),
            next_step="Correct these and try again.",
        )
    return raw.decode("utf-8")


def problems_of(raw: bytes) -> list[str]:
    """Everything that keeps these bytes from being an event: field path and what to do."""
    from engine.case.commands import SealedBox
    from engine.clock import SystemClock
    from engine.intake.accept import Unreadable, accept
    from engine.intake.scope import EVERY_AUDIENCE, Scope
    from schemas.codes import EventType, Severity

    def anybody(source: str) -> Scope:
        return Scope(
            source=source,
            types=frozenset(EventType),
            ceiling=Severity.CRITICAL,
            audiences=EVERY_AUDIENCE,
        )

    judged = accept(
        raw,
        scopes=anybody,
        received_at=SystemClock().now(),
        seal=lambda words: SealedBox(key_id="unused", ciphertext=b"-"),
    )
    return [str(problem) for problem in judged.problems] if isinstance(judged, Unreadable) else []


async def post(raw: bytes, *, url: str, key: str) -> dict[str, Any]:
    """Send to `POST /v1/events` and return the answer. Raises CommandError."""
    import httpx2

    try:
        async with httpx2.AsyncClient(timeout=30, trust_env=False) as client:
            response = await client.post(
                f"{url.rstrip('/')}/v1/events",
                content=raw,
                headers={
                    "authorization": f"Bearer {key}",
                    "content-type": "application/cloudevents+json",
                },
            )
    except httpx2.HTTPError as error:
        raise CommandError(
            Exit.UNREACHABLE,
            f"{url} does not answer ({type(error).__name__}).",
            next_step="It was not acknowledged, so send it again; the same id counts once.",
        ) from None
    try:
        answer = dict(response.json())
    except ValueError:
        answer = {}
    if response.status_code == 202:
        return answer
    code = {401: Exit.WHO, 403: Exit.WHO, 409: Exit.REFUSED, 503: Exit.NOT_DURABLE}.get(
        response.status_code, Exit.USAGE
    )
    raise CommandError(
        code,
        "\n".join([f"Not taken (status {response.status_code}).", *_said_of(answer)]),
        next_step="Send it again with the same id." if code is Exit.NOT_DURABLE else "Correct it.",
    )


def _said_of(answer: dict[str, Any]) -> list[str]:
    """What the door says is wrong, a line each: field path and what to do."""
    problems = answer.get("problems")
    told = [one for one in problems if isinstance(one, dict)] if isinstance(problems, list) else []
    return [f"  {one.get('path') or 'the whole'}: {one.get('fix', '')}" for one in told]


def _boxed(words: Any, *, name: str, public: bytes) -> dict[str, str]:
    import base64

    import orjson

    from engine.entropy import SystemEntropy
    from engine.vault import EpochKeys, Vault

    keys = EpochKeys(current=name, public={name: public}, private={})
    box = Vault(keys, entropy=SystemEntropy()).seal(orjson.dumps({"sealed": words}))
    return {"box": base64.b64encode(box.ciphertext).decode("ascii"), "box_key": box.key_id}


def _public_key(path: Path | None, terminal: Terminal) -> tuple[str, bytes]:
    if path is None:
        from engine.clock import SystemClock
        from engine.vault import EpochKeys, UnsafeFileError

        try:
            keys = EpochKeys.load(terminal.settings.keys_dir, now=SystemClock().now())
        except UnsafeFileError as error:
            raise CommandError(
                Exit.USAGE, str(error), next_step="Or name the desk's public key with --key."
            ) from None
        return keys.current, keys.public[keys.current]
    try:
        public = bytes.fromhex(path.read_text("ascii").strip())
    except (OSError, ValueError):
        public = b""
    if len(public) != KEY_BYTES:
        raise CommandError(
            Exit.USAGE,
            f"{path} is no public intake key.",
            next_step="Ask the desk for its file intake-….pub of this week.",
        )
    return path.stem, public


def _bytes(file: Path) -> bytes:
    try:
        return sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
    except OSError as error:
        raise CommandError(
            Exit.USAGE, f"{file} cannot be read ({type(error).__name__}).",
            next_step="Name an existing file.",
        ) from None  # fmt: skip


def _text(raw: bytes, file: Path) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise CommandError(
            Exit.USAGE, f"{file}: byte {error.start} is not UTF-8.", next_step="Save it as UTF-8."
        ) from None


def _key(file: Path | None) -> str:
    if file is None:
        raise CommandError(
            Exit.USAGE, "Sending over HTTP needs a key.", next_step="Add --key-file FILE."
        )
    return _bytes(file).decode("ascii", "replace").strip()
