"""Certainty: how sure we are that it happened, joined over reports and judged by people.

Reports join by themselves; once a person has judged, no report moves it, up or down. Sources are
counted once each, and only where they are reliable (design section 6.5).
"""

from engine.case import commands as c
from engine.case import tasks
from engine.case.arrival import ask_for_releases
from engine.case.draft import Draft, Refusal, code_only, id_only
from engine.case.freezing import must_be_open
from engine.case.recheck import recheck
from schemas import facts as f
from schemas.responses import RefusedBecause


def judge(draft: Draft, command: c.JudgeCertainty) -> None:
    """A person says how sure we are. Less sure holds at once; surer only asks for releases."""
    must_be_open(draft.case)
    if command.certainty is draft.case.certainty and draft.case.certainty_by:
        raise Refusal(RefusedBecause.INCOMPLETE, "certainty: the case says that already.")
    draft.add(
        f.CertaintyJudged(
            certainty=command.certainty,
            by=command.by,
            at=draft.now,
            reason=code_only(command.reason, of="reason"),
            note=command.note,
        )
    )
    tasks.drop_tasks(draft, "certainty")
    recheck(draft)
    ask_for_releases(draft)


def hear(draft: Draft, command: c.HearSource) -> None:
    """A person heard of it elsewhere, or says how reliable that source turned out to be.

    Whoever published it is heard already, and who must not know is no independent source.
    """
    must_be_open(draft.case)
    source = id_only(command.source, of="source")
    if not source:
        raise Refusal(RefusedBecause.INCOMPLETE, "source: who said so, as an id.")
    if source in draft.case.publishers:
        raise Refusal(RefusedBecause.INCOMPLETE, "source: it published the report; it is counted.")
    if draft.case.around.excluded.find(source) is not None:
        raise Refusal(RefusedBecause.GUARD, "source: it is tied to those who must not know.")
    draft.add(
        f.SourceHeard(
            source=source,
            reliability=command.reliability,
            by=command.by,
            at=draft.now,
            note=command.note,
        )
    )
    recheck(draft)
    ask_for_releases(draft)
