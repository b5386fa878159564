"""Why a local broker cannot be had."""


class BrokerError(Exception):
    """A local broker could not be fetched, started or reached; says what to do about it."""

    def __init__(self, what: str, *, next_step: str = "") -> None:
        super().__init__(f"{what} {next_step}".strip())
        self.what = what
        self.next_step = next_step
