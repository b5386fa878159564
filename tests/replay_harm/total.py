"""What all lives came to together, and whether they were wild enough to mean anything."""

from collections import Counter
from dataclasses import dataclass, field

from tests.replay_harm.harm import (
    AFTER_REVOCATION,
    BESIDES,
    TOLD_EXCLUDED,
    TOLD_WITHOUT_CONSENT,
)
from tests.replay_harm.life import Result

EVENTS_A_LIFE = 60
"""In a longer life every act freezes more of what the others told, and less leaves."""
SHAPES = (
    "state_owned", "state", "joint_venture", "guard_firm", "guarded_client", "association",
    "bank_client", "unknown_operator", "requesting_state", "complaint_line", "once_a_client",
)  # fmt: skip
HAPPENS = (
    "sent tell", "sent ask_outcome", "sent stand_down", "duty_pages", "kafka_records",
    "pages_answered", "pages_read", "pages_shut", "crashes", "stops", "registry_changes",
    "rulebook_changes", "revocation", "narrowing", "given_again", "consent_first", "two_hotlines",
    "sealed_rows", "bytes logs", "bytes metrics", "withheld consent_revoked",
    "withheld controller_needs_two", "withheld unknown_perpetrator_group",
    "withheld perpetrator_closure", "withheld state_of_perpetrator", "withheld held",
    "withheld linked", "withheld mode", "withheld frozen",
    "did hold", "did lift_hold", "did need", "did no_need", "did add", "did jump", "did skip",
    "did call", "did take_back", "did hand", "did replan", "did louder", "did quieter",
    "did link", "did part", "second_person_agreed", "agreed in_force", "agreed waits",
    "person_narrowed narrowed", "person_revoked revoked", "person_granted waits",
    "holder_opened", "holder_stopped", "holder_shown", "sent stream", "streams_kept_back",
    "api_taken", "api_refused", "topic_answers", "passed_to_colleague", "answered warns",
    "answered conflict", "answered passed_on", "shown TLP:RED", "shown TLP:AMBER+STRICT", "label",
    "told_by_necessity",
)  # fmt: skip
"""Each must have happened in a whole replay, or it shows nothing."""
SENT_AT_LEAST = 0.3
"""Messages for each report: with fewer nobody was in danger of being told."""


@dataclass(slots=True)
class Total:
    """Adds lives up."""

    counts: Counter[str] = field(default_factory=Counter)

    def add(self, result: Result) -> None:
        """Take in one life."""
        self.counts.update(result.counts)

    @property
    def harmed(self) -> bool:
        """Whether anybody was told, or anything was read, that must not be."""
        names = (TOLD_EXCLUDED, TOLD_WITHOUT_CONSENT, AFTER_REVOCATION, *BESIDES, "marks")
        return any(self.counts[name] for name in names)

    def missing(self, *, asked: bool = True) -> list[str]:
        """What should have happened and never did. `asked`: of a whole replay."""
        wanted = [f"shape {name}" for name in SHAPES] + [f"bites {name}" for name in SHAPES]
        found = [name for name in (*wanted, *HAPPENS) if not self.counts[name]] if asked else []
        if self.counts["sent"] < SENT_AT_LEAST * self.counts["events"]:
            found.append(
                f"enough messages: {self.counts['sent']} for {self.counts['events']} events"
            )
        return found

    def sometimes(self) -> str:
        """How often the rare things happened."""
        return " ".join(f"{name.replace(' ', '_')}={n}" for name, n in sorted(self.counts.items()))

    def line(self) -> str:
        """The last line."""
        n = self.counts
        return (
            f"sent={n['sent']} withheld={n['withheld']} told_excluded={n[TOLD_EXCLUDED]} "
            f"told_without_consent={n[TOLD_WITHOUT_CONSENT]} "
            f"sealed_bytes_outside_vault={n['marks']} after_revocation={n[AFTER_REVOCATION]}"
        )
