"""The ordered scales of a report: how bad, how sure, how public, how exact."""

from enum import StrEnum


class Severity(StrEnum):
    """How grave a situation is; *grave* are the first two."""

    CRITICAL = "critical"
    """Life, disappearance, torture risk, abduction, imminent raid or extradition."""
    HIGH = "high"
    """Arrest, assault, death threat not imminent, trial within 72 h."""
    ELEVATED = "elevated"
    """Lawsuit, smear, dismissal, surveillance."""
    WATCH = "watch"
    """A pattern, or a case to keep an eye on."""

    @property
    def grave(self) -> bool:
        """Whether duty must never be gated, limited, digested or delayed."""
        return self in (Severity.CRITICAL, Severity.HIGH)

    @property
    def rank(self) -> int:
        """0 for the gravest; sorts the gravest first."""
        return _SEVERITY_RANK[self]

    def at_least(self, other: "Severity") -> bool:
        """Whether this is as grave as the other, or graver."""
        return self.rank <= other.rank


_SEVERITY_RANK = {severity: rank for rank, severity in enumerate(Severity)}


class Certainty(StrEnum):
    """How sure the publisher is that it happened (HURIDOCS list 41)."""

    CONFIRMED = "confirmed"
    LIKELY = "likely"
    POSSIBLE = "possible"
    UNLIKELY = "unlikely"
    UNKNOWN = "unknown"

    @property
    def likely_or_better(self) -> bool:
        """Whether parties other than duty and protection may be told (design section 6.5)."""
        return self in (Certainty.CONFIRMED, Certainty.LIKELY)


class Reliability(StrEnum):
    """How reliable the publisher's source has been (HURIDOCS list 42)."""

    HIGH = "highly_reliable"
    MODERATE = "moderately_reliable"
    LOW = "unreliable"
    UNKNOWN = "unknown"


class Danger(StrEnum):
    """Whether somebody is in danger at this moment."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


class Precision(StrEnum):
    """How exactly a time is known."""

    MINUTE = "minute"
    HOUR = "hour"
    DAY = "day"
    MONTH = "month"
    YEAR = "year"
    UNKNOWN = "unknown"


class Mode(StrEnum):
    """How openly a recipient may act; only a human raises it."""

    QUIET = "quiet"
    """The recipient acts silently and tells nobody that it was asked."""
    PRIVATE = "private"
    """May be known among those told."""
    PUBLIC = "public"
    """May be said in public. No public channel exists in this release."""

    def within(self, ceiling: "Mode") -> bool:
        """Whether this mode is as quiet as the ceiling, or quieter."""
        order = (Mode.QUIET, Mode.PRIVATE, Mode.PUBLIC)
        return order.index(self) <= order.index(ceiling)
