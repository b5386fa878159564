"""What the world outside saw, where somebody wrote it down: tests, the crash test, the demo."""

from collections import Counter
from dataclasses import dataclass, field


@dataclass(slots=True)
class Outside:
    """Grows while a run goes on; the checks compare it with the tables.

    A production auditor has none and checks the tables alone.
    """

    accepted: dict[tuple[str, str], str] = field(default_factory=dict)
    """(source, id) of every report answered with 202, and the digest of its first content."""
    refused_content: set[tuple[str, str]] = field(default_factory=set)
    """(source, id) that came again with other content and was answered with 409."""
    sends: Counter[str] = field(default_factory=Counter)
    """Notification key -> messages that really left."""
    unclear: Counter[str] = field(default_factory=Counter)
    """Notification key -> tries of whose outcome the engine could not know."""
    states: dict[str, str] = field(default_factory=dict)
    """Notification key -> delivery state at the last check; kept by the check itself."""
    heads: dict[str, tuple[int, str]] = field(default_factory=dict)
    """Case -> newest leaf at the last check; kept by the check itself."""
