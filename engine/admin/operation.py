"""The shape of an operation, and running one for somebody."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from engine.access import Permission, may
from engine.admin.errors import NotCarriedOutError
from engine.admin.house import House
from engine.web.services import Visitor


class Arguments(BaseModel):
    """Base of what an operation is given; anything unknown is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class Nothing(Arguments):
    """No arguments."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Who asks, and the identity of what is asked: the same request twice is one command."""

    visitor: Visitor
    request: str

    @property
    def by(self) -> str:
        """The person's id."""
        return self.visitor.person


Run = Callable[[House, Asked, Any], Awaitable[Mapping[str, Any]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One thing that can be asked."""

    run: Run
    takes: type[Arguments]
    needs: Permission


async def perform(
    operations: Mapping[str, Operation],
    house: House,
    *,
    name: str,
    args: Mapping[str, Any],
    session: str,
    request: str,
) -> Mapping[str, Any]:
    """Run one operation as the person of this session. Raises NotCarriedOutError."""
    operation = operations.get(name)
    if operation is None:
        raise NotCarriedOutError(
            "usage",
            f"This engine knows no operation {name[:40]!r}.",
            next_step="Use the same release of the command line as of the engine.",
        )
    visitor = await house.services.sessions.find(session) if session else None
    if visitor is None:
        raise NotCarriedOutError(
            "who", "Nobody is logged in, or the log-in is over.", next_step="Run: tocsin login"
        )
    if not may(visitor.role, operation.needs):
        raise NotCarriedOutError(
            "who",
            f"The role {visitor.role} may not do this.",
            next_step="Ask a handler or the shift lead.",
        )
    try:
        given = operation.takes.model_validate(args)
    except ValidationError as error:
        said = "; ".join(
            f"{'.'.join(map(str, e['loc'])) or 'arguments'}: "
            f"{str(e['msg']).removeprefix('Value error, ')}"
            for e in error.errors(include_url=False, include_input=False)
        )
        raise NotCarriedOutError("usage", said, next_step="Correct it and try again.") from None
    return await operation.run(house, Asked(visitor=visitor, request=request[:64]), given)
