"""What surrounds a batch: the instant, the world, keys, and how long it may think."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from engine.answer_tokens import AnswerTokens
from engine.case.around import Around, Beside
from engine.case.replacing import replace
from engine.case.state import Case
from engine.desk.exclusions import Exclusions
from engine.desk.pacing import Pacing
from engine.desk.sheet import Sheet
from engine.entropy import Entropy
from engine.registry.world import World
from engine.store import consents
from schemas.plan import Closure


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """Handed in once per batch, so that thinking needs neither clock nor settings."""

    now: datetime
    mono: float
    """The event loop's time when the batch began."""
    world: World
    ref_key: bytes
    ref_extra: int
    instance: str
    topic: str
    answers: AnswerTokens
    entropy: Entropy
    exclusions: Exclusions
    pacing: Pacing
    think: Callable[[], Callable[[], bool]]
    """Begin to think; what it returns says whether that was long enough."""
    over: Callable[[], bool] = lambda: False
    """Whether the batch has thought long enough."""

    def around(
        self,
        sheet: Sheet,
        case: Case,
        *,
        also: tuple[str, ...] = (),
        closure: Closure | None = None,
        beside: Sequence[str] = (),
    ) -> Around:
        """What `decide` sees beside the case. `also`: pseudonyms that join it right now.

        `beside`: cases of the sheet that it is being linked with.
        """
        whose = dict.fromkeys((*consents.pseudonyms(case), *also))
        known = (sheet.consents.get(pseudonym) for pseudonym in whose)
        return Around(
            registry=self.world.registry,
            ladder=self.world.ladder,
            roster=self.world.roster,
            consents=tuple(entry[1] for entry in known if entry is not None),
            closure=sheet.closures.get(case.id, Closure()) if closure is None else closure,
            linked=self._linked(sheet, case, beside),
            shown=tuple(
                (alert.id, field)
                for alert in case.alerts
                for field in sheet.shown.get(alert.id, ())
            ),
            stopped=sheet.stopped,
            ref_key=self.ref_key,
            ref_extra=self.ref_extra,
        )

    def _linked(self, sheet: Sheet, case: Case, beside: Sequence[str]) -> tuple[Beside, ...]:
        """What counts of the cases that it is linked with; over the registry as it is, if asked."""
        known = {link.case: (link.strictures.closure, consents.whose(link)) for link in case.links}
        for id in beside:
            other = sheet.case(id)
            known[id] = (other.closure_digest, consents.pseudonyms(other))
        found = []
        for id, (digest, whose) in known.items():
            closure = sheet.closures.get(id) or sheet.beside.get(digest, Closure())
            told = sheet.case_events.get(id, ())
            if told:
                closure = self.exclusions.now(closure, told, registry=self.world.registry)
            said = (sheet.consents.get(pseudonym) for pseudonym in whose)
            allowed = tuple(entry[1] for entry in said if entry is not None)
            found.append(Beside(case=id, consents=allowed, closure=closure))
        return tuple(found)

    def over_now(self, sheet: Sheet, case: Case) -> Case:
        """The same, with the closure over the registry as it is now: who widens must see it."""
        closure = self.exclusions.now(
            sheet.closures[case.id],
            sheet.case_events.get(case.id, ()),
            registry=self.world.registry,
        )
        return self.informed(sheet, case, closure=closure)

    def informed(
        self,
        sheet: Sheet,
        case: Case,
        *,
        also: tuple[str, ...] = (),
        closure: Closure | None = None,
        beside: Sequence[str] = (),
    ) -> Case:
        """The case with all of that around it, ready to be decided on."""
        around = self.around(sheet, case, also=also, closure=closure, beside=beside)
        return replace(case, around=around)
