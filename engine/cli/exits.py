"""How a command ends: one code per kind of ending, so that scripts need not read sentences."""

from enum import IntEnum


class Exit(IntEnum):
    """Exit codes of every command; docs/reference/cli.md has the same list."""

    DONE = 0
    """Carried out, and durable where something was written."""
    REFUSED = 1
    """Understood and refused; nothing changed. The reason is printed."""
    USAGE = 2
    """What was typed or sent cannot be used as it is: an option, a setting, a file."""
    UNREACHABLE = 3
    """Nobody answered: the engine, the database or a server, or another process holds the lock."""
    NOT_DURABLE = 4
    """Not saved. Send it again; the same id is never counted twice."""
    WHO = 5
    """Nobody is logged in, the log-in is over, or this role may not do it."""
    UNSOUND = 6
    """A check ran and found something wrong: doctor, rules check, a broken promise in the demo."""
    FAULT = 7
    """Tocsin itself failed. The place in the code is printed, never a value."""
    LATER = 75
    """Not taken; whoever handed it on tries again, as mail servers do by themselves."""


ENDINGS = {
    "refused": Exit.REFUSED,
    "usage": Exit.USAGE,
    "not_durable": Exit.NOT_DURABLE,
    "who": Exit.WHO,
    "unsound": Exit.UNSOUND,
    "unreachable": Exit.UNREACHABLE,
}
"""How an operation that was not carried out ends (`engine.admin.errors.Ending`)."""


class CommandError(Exception):
    """A command cannot go on. `what` says what and where, `next_step` what to do about it."""

    def __init__(self, code: Exit, what: str, *, next_step: str = "") -> None:
        super().__init__(what)
        self.code = code
        self.what = what
        self.next_step = next_step
