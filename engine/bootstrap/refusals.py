"""Why an engine does not start: what is wrong, where, and what to do about it."""


class CannotStartError(Exception):
    """Starting would break a promise, so nothing was started."""

    def __init__(self, what: str, *, next_step: str) -> None:
        super().__init__(what)
        self.what = what
        self.next_step = next_step
