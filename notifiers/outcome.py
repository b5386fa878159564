"""What became of one try to hand a message to the next hop."""

from dataclasses import dataclass
from enum import StrEnum


class OutcomeState(StrEnum):
    """What is known of the message after the try."""

    HANDED_OFF = "handed_off"
    """The next hop took it. Sent is not delivered, delivered is not seen."""
    FAILED_TEMPORARY = "failed_temporary"
    """It certainly did not leave; the same may work later."""
    FAILED_PERMANENT = "failed_permanent"
    """It certainly did not leave, and this way never will; the next way is tried now."""
    UNKNOWN = "unknown"
    """It may or may not have left: told again under the same key, never counted as failed."""


class OutcomeReason(StrEnum):
    """Why. Each reason belongs to one state, so that the two cannot contradict each other."""

    ACCEPTED = "accepted"
    """The next hop said that it has the message."""

    BUSY = "busy"
    """The next hop asked us to come back later (SMTP 4xx, a greylist, HTTP 408 or 425)."""
    RATE_LIMITED = "rate_limited"
    """We send more than the next hop wants; it may have said how long to wait."""
    SERVER_ERROR = "server_error"
    """The next hop answered that it is broken (HTTP 5xx); it did not take the message."""
    NOT_RESOLVED = "not_resolved"
    """The host's name has no address at the moment."""
    UNREACHABLE = "unreachable"
    """No connection came about, or it broke before anything of the message was sent."""
    TIMEOUT = "timeout"
    """Nobody answered in time, before anything of the message was sent."""
    AUTH_ERROR = "auth_error"
    """The next hop does not accept our name and password, or our key."""
    TLS_REQUIRED = "tls_required"
    """The mail server offers no encryption and we may not do without; nothing was sent."""
    BAD_RELAY_CERTIFICATE = "bad_relay_certificate"
    """Our own mail server or gateway showed a certificate that does not hold; nothing was sent."""
    STORAGE_ERROR = "storage_error"
    """The folder messages are written to cannot be written."""
    CHANNEL_FAULT = "channel_fault"
    """The channel itself has a bug; it had not begun to send. A human reads the log."""

    CALLED_OFF = "called_off"
    """It was stopped before anything of it was sent; whether it goes on is decided anew."""

    REFUSED_ADDRESS = "refused_address"
    """There is nobody at this address, or it takes nothing from us."""
    BAD_ADDRESS = "bad_address"
    """What the registry holds is not one address this channel can use; nothing was sent."""
    REFUSED_MESSAGE = "refused_message"
    """The next hop does not take this message (SMTP 5xx after DATA, HTTP 4xx)."""
    UNSAFE_MESSAGE = "unsafe_message"
    """Read back before sending, the message was not the intended one; nothing was sent."""
    PRIVATE_ADDRESS = "private_address"
    """The host leads into a private network, where outside messages have no business."""
    REDIRECT = "redirect"
    """The host sent us elsewhere; we never follow."""
    BAD_CERTIFICATE = "bad_certificate"
    """The recipient's host showed a certificate that does not hold; nothing was sent."""

    CONNECTION_LOST_AFTER_DATA = "connection_lost_after_data"
    """The connection broke after the message was sent and before an answer came."""
    NO_ANSWER_AFTER_DATA = "no_answer_after_data"
    """The message was sent and no answer came in time."""
    UNREADABLE_ANSWER = "unreadable_answer"
    """The message was sent; the answer says neither yes nor no."""
    CUT_OFF = "cut_off"
    """It was stopped while it was being sent; nobody knows how much of it left."""
    CHANNEL_FAULT_AFTER_DATA = "channel_fault_after_data"
    """The channel itself has a bug, met when something may have been sent already."""

    @property
    def state(self) -> OutcomeState:
        """What is known of the message when this is the reason."""
        if self is OutcomeReason.ACCEPTED:
            return OutcomeState.HANDED_OFF
        if self in _TEMPORARY:
            return OutcomeState.FAILED_TEMPORARY
        if self in _PERMANENT:
            return OutcomeState.FAILED_PERMANENT
        return OutcomeState.UNKNOWN

    @property
    def channel_wide(self) -> bool:
        """Whether the fault is the channel's own: every message on it will meet the same."""
        return self in _CHANNEL_WIDE

    @property
    def answered(self) -> bool:
        """Whether somebody out there took the message, or turned this one away: the channel works.

        What we kept back ourselves, an address that is none for example, says nothing of it.
        """
        return self in _ANSWERED


_TEMPORARY = frozenset(
    {
        OutcomeReason.BUSY,
        OutcomeReason.RATE_LIMITED,
        OutcomeReason.SERVER_ERROR,
        OutcomeReason.NOT_RESOLVED,
        OutcomeReason.UNREACHABLE,
        OutcomeReason.TIMEOUT,
        OutcomeReason.AUTH_ERROR,
        OutcomeReason.TLS_REQUIRED,
        OutcomeReason.BAD_RELAY_CERTIFICATE,
        OutcomeReason.STORAGE_ERROR,
        OutcomeReason.CHANNEL_FAULT,
        OutcomeReason.CALLED_OFF,
    }
)
_PERMANENT = frozenset(
    {
        OutcomeReason.REFUSED_ADDRESS,
        OutcomeReason.BAD_ADDRESS,
        OutcomeReason.REFUSED_MESSAGE,
        OutcomeReason.UNSAFE_MESSAGE,
        OutcomeReason.PRIVATE_ADDRESS,
        OutcomeReason.REDIRECT,
        OutcomeReason.BAD_CERTIFICATE,
    }
)
_ANSWERED = frozenset(
    {
        OutcomeReason.ACCEPTED,
        OutcomeReason.REFUSED_ADDRESS,
        OutcomeReason.REFUSED_MESSAGE,
        OutcomeReason.REDIRECT,
        OutcomeReason.BAD_CERTIFICATE,
    }
)
_CHANNEL_WIDE = frozenset(
    {
        OutcomeReason.AUTH_ERROR,
        OutcomeReason.TLS_REQUIRED,
        OutcomeReason.BAD_RELAY_CERTIFICATE,
        OutcomeReason.STORAGE_ERROR,
        OutcomeReason.CHANNEL_FAULT,
        OutcomeReason.CHANNEL_FAULT_AFTER_DATA,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """The result of one `Channel.send`. Make it with `Outcome.of(reason)`.

    Raises ValueError when state and reason contradict each other.
    """

    state: OutcomeState
    reason: OutcomeReason
    provider_id: str = ""
    """The next hop's own name for the message, at most 200 printable ASCII characters."""
    retry_after: float | None = None
    """Seconds the next hop asked us to wait, capped by the channel's settings."""
    detail: str = ""
    """For the log: a status code, never an address, a name or words of the other side."""

    def __post_init__(self) -> None:
        if self.state is not self.reason.state:
            raise ValueError(f"{self.reason} means {self.reason.state}, not {self.state}")

    @classmethod
    def of(
        cls,
        reason: OutcomeReason,
        *,
        provider_id: str = "",
        retry_after: float | None = None,
        detail: str = "",
    ) -> "Outcome":
        """Return the outcome with the one state this reason has; cleans the provider's id."""
        clean = "".join(c for c in provider_id[:200] if c.isascii() and c.isprintable())
        return cls(
            state=reason.state,
            reason=reason,
            provider_id=clean,
            retry_after=retry_after,
            detail=detail,
        )
