"""What the others of a round promised and did: on the page of whoever takes part, nowhere else."""

from datetime import datetime
from zoneinfo import ZoneInfo

from engine.case.rounds import may_read, taking_part
from engine.store.ledger import ledger_of
from engine.web.answer.fields import View
from engine.web.services import Services
from engine.web.words.rounds import round_lines
from engine.web.words.sentence import Said
from engine.web.words.times import short_moment


async def others(services: Services, view: View, *, zone: str, now: datetime) -> tuple[Said, ...]:
    """What this party may read of the round; nothing where it takes no part in one."""
    case, alert = view.case, view.alert
    if case is None or alert is None or alert not in taking_part(case):
        return ()
    entries = await services.reader.run(lambda conn: ledger_of(conn, case.id))
    here = ZoneInfo(zone)
    at = short_moment(now, zone=here)
    said = round_lines(may_read(case, alert, entries), own=alert.id, zone=here)
    return (
        (f"What those who help have promised and done, as of {at}. Nobody is named to anybody.",),
        *((line,) for line in said),
        ("If you have done something since, please tell us below.",),
    )
