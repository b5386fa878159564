"""What a case's own reports lead to today, for those who look at planning it anew."""

from sqlalchemy import bindparam, select

from engine.case.state import Case
from engine.store.tables import events
from engine.web.services import Services
from rules.again import again
from rules.candidates import World
from schemas.codes import TrackName
from schemas.event import ThreatEvent
from schemas.plan import Candidates, Track
from schemas.rulebook import TellShape

EVENTS = (
    select(events.c.body, events.c.at)
    .where(events.c.case_id == bindparam("case"))
    .order_by(events.c.at, events.c.id)
)


async def planned_now(services: Services, world: World, case: Case) -> Candidates | None:
    """What all its events together lead to under this world; None for a case without one."""
    rows = await services.reader.run(lambda conn: conn.execute(EVENTS, {"case": case.id}).all())
    told = [(ThreatEvent.model_validate_json(row.body), row.at) for row in rows]
    return again(world, told, severity=case.severity) if told else None


def ladder(world: World, case: Case, name: TrackName) -> Track | None:
    """The track as the rulebook has it, for a case without one; None where no policy has it."""
    for policy, shape in world.rulebook.shape.policies.items():
        if name in shape.tracks:
            tell = TellShape(track=name, walk="by_hand")
            return world.rulebook.track(policy, tell, case.severity)
    return None
