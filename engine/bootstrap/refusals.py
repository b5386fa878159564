"""Why an engine does not start: what is wrong, where, and what to do about it."""


class CannotStartError(Exception):
    """Starting would break a promise, so nothing was started."""

    def __init__(self, what: str, *, next_step: str) -> None:
        super().__init__(what)
        self.what = what
        self.next_step = next_step


class StoreAwayError(CannotStartError):
    """The database's server does not answer, or does not let us in; it may in a moment."""

    def __init__(self, said: str) -> None:
        """`said`: what the driver or the server told us; it names host and user at the most."""
        super().__init__(
            f"The database does not answer: {said}",
            next_step="Look at database_url, and whether its server runs and lets this user in.",
        )
