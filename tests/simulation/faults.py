"""What may go wrong: each kind on or off and as strong as the seed says (swarm testing)."""

import random  # noqa: TID251 (seeded: the same number, the same schedule)
from dataclasses import dataclass, field, fields, replace
from typing import Any


def _upto(most: float) -> Any:
    return field(default=0.0, metadata={"most": most})


APART = (0.01, 0.25)
"""Lives whose draw lies between have a kind that is drawn apart. So seeds stay as they were that
are known to find something rare."""


def _apart(most: float) -> Any:
    """One whose chance is drawn apart: what came later leaves older lives as they were."""
    return field(default=0.0, metadata={"most": most, "apart": True})


@dataclass(frozen=True, slots=True, kw_only=True)
class Faults:
    """How much goes wrong in one schedule. A chance for each time it could happen, unless said
    otherwise; what is zero is off. The strongest of each kind stands beside it."""

    crash_before: float = _upto(0.004)
    """Dying before an effect takes place."""
    crash_after: float = _upto(0.004)
    """Dying after it took place and before anybody hears of it."""
    crash_having_sent: float = _upto(0.2)
    """A point: dying when a message has left and nobody has written that it did."""
    crash_having_read: float = _upto(0.1)
    """A point: dying with records of the log in hand."""
    crash_having_published: float = _upto(0.03)
    """A point: dying when a fact is out and still in the outbox."""
    pause: float = _upto(0.004)
    """Standing still (SIGSTOP) before an effect: a zombie, if it is for longer than the lease."""
    pause_having_claimed: float = _upto(0.3)
    """A point: standing still just before a message would leave."""
    pause_having_read: float = _upto(0.3)
    """A point: standing still with records of the log in hand, while others take it over."""
    unknown_commit: float = _upto(0.02)
    """A commit of which nobody hears whether it happened."""
    disk_full: float = _upto(0.5)
    """That the disk is full for some minutes, drawn every ten."""
    clock_back: float = _upto(0.5)
    """That the clock is set back, by up to two hours, for some minutes; drawn every ten."""
    rebalance: float = _upto(0.2)
    """That partitions change hands while a batch is being taken."""
    repeated: float = _upto(0.2)
    """That a record is in the log twice, is handed out again, or a fact is published twice."""
    reordered: float = _upto(0.5)
    """That a report overtakes the one before it."""
    equivocate: float = _upto(0.2)
    """That a hotline says something else under an id that it used."""
    poison: float = _upto(0.3)
    """That bytes which are no report lie in the log."""
    unknown: float = _upto(0.15)
    """That a message's outcome stays unknown, left or not (a reset, a 200 with an error in it)."""
    temporary: float = _upto(0.15)
    """Refused for now, also with "come again in a day" (429)."""
    permanent: float = _upto(0.05)
    hang: float = _upto(0.05)
    """That a send takes minutes."""
    bounced: float = _upto(0.1)
    """That what was accepted is reported as not delivered."""
    storm: float = _upto(0.1)
    """That a provider reports one message thirty times."""
    race: float = _upto(0.4)
    """That somebody answers in the very instant in which the next step is due."""
    revoke: float = _upto(0.2)
    """That consent is taken back while a message is in the sender's hands."""
    edit: float = _upto(0.3)
    """That rulebook or registry are changed, drawn every ten minutes."""
    stop: float = _upto(0.3)
    """That everything outgoing is stopped for a while, drawn every ten minutes."""
    restore: float = _apart(0.5)
    """That the store is put back from an older copy, drawn every six minutes."""
    skew: float = _apart(0.4)
    """Seconds by which the clock of each machine is off the true time, at most: slewed, not set."""
    slow: float = 0.004
    """Seconds an effect takes, on average."""
    pause_for: float = 0.0
    """Seconds, on average."""
    down_for: float = 5.0
    """Seconds between a death and the next start, on average."""


KINDS = tuple(each.name for each in fields(Faults) if "most" in each.metadata)
"""Those that can be switched off."""

NO_FAULTS = Faults()


def drawn(rng: random.Random, seed: int = 0) -> Faults:
    """One seed's faults: each kind is on for about half of the seeds, all of them for none.

    Those drawn apart are on for a quarter.
    """
    chances = {
        each.name: each.metadata["most"] * rng.choice((0.0, 0.2, 1.0)) * (rng.random() < 0.8)
        for each in fields(Faults)
        if "most" in each.metadata and "apart" not in each.metadata
    }
    chances |= {
        each.name: each.metadata["most"]
        * (APART[0] < random.Random(f"{seed}/{each.name}").random() < APART[1])
        for each in fields(Faults)
        if "apart" in each.metadata
    }
    return Faults(
        **chances,
        slow=rng.choice((0.001, 0.004, 0.05)),
        pause_for=rng.choice((2.0, 60.0, 400.0, 400.0)),
        down_for=rng.choice((0.5, 5.0, 120.0, 1_800.0)),
    )


def without(faults: Faults, kinds: frozenset[str]) -> Faults:
    """The same with these kinds off."""
    return replace(faults, **dict.fromkeys(kinds, 0.0))
