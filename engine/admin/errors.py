"""Why an operation was not carried out, as it travels to the terminal."""

from typing import Literal

Ending = Literal["refused", "usage", "not_durable", "who", "unsound", "unreachable"]


class NotCarriedOutError(Exception):
    """The operation did nothing. `ending` names an exit code of the command line."""

    def __init__(self, ending: Ending, what: str, *, next_step: str = "") -> None:
        super().__init__(what)
        self.ending: Ending = ending
        self.what = what
        self.next_step = next_step
