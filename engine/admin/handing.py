"""Handing a command to the desk for whoever asks, and saying what came of it."""

import hashlib
from collections.abc import Mapping
from typing import Any

from engine.admin.errors import NotCarriedOutError
from engine.admin.house import House
from engine.admin.operation import Arguments, Asked
from engine.case import commands as c
from engine.web.words.reasons import REFUSED
from schemas.responses import Already, Done, Refused


def inbox(asked: Asked, args: Arguments) -> c.Inbox:
    """Identity of a request: sent twice, it is one command."""
    digest = hashlib.sha256(
        f"{type(args).__name__}:{args.model_dump_json()}".encode("utf-8", "surrogatepass")
    ).hexdigest()
    return c.Inbox(source=f"cli:{asked.by}", id=f"{asked.request}.{digest[:24]}", digest=digest)


async def submit(house: House, command: c.Command) -> Mapping[str, Any]:
    """Have the desk carry it out, ahead of reports. Raises NotCarriedOutError."""
    result = await house.services.desk.urgent(command)
    if isinstance(result, Refused):
        sentence, step = REFUSED[result.reason]
        detail = f" {result.detail}" if result.detail and result.detail != sentence else ""
        raise NotCarriedOutError("refused", f"{sentence}{detail}", next_step=step)
    done: Done = result.previous if isinstance(result, Already) else result
    return {
        "done": True,
        "already": isinstance(result, Already),
        "case": done.reference or done.case,
        "detail": done.detail,
    }


async def kept(house: House, note: str) -> str:
    """Words go into the vault; what is stored and journaled is its id."""
    return await house.services.sealing.keep(note, kind="note") if note else ""
