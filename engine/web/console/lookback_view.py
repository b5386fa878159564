"""The look back at a case in words, for the page and the terminal. Pure; names nobody outside."""

from datetime import timedelta

from engine.case.lookback import LookBack
from engine.web.console.present_cases import OUTCOMES, RISKS
from engine.web.console.present_life import LESSONS, SPILL_OVER

_DAY, _HOUR = 24 * 60, 60


def lines(seen: LookBack) -> tuple[tuple[str, str], ...]:
    """What and how, a pair each, in the order in which it happens."""
    told = (
        ("Taken by one of us after", _long(seen.taken_after)),
        ("First contact after", _long(seen.first_contact_after)),
        ("Looked at after", _long(seen.triage_after)),
        ("First release after", _long(seen.first_release_after)),
        ("First told outside after", _long(seen.first_told_after)),
        ("Parties told", str(seen.told)),
        ("Promises", _promises(seen)),
        ("Check-ins", f"{seen.check_ins_kept} kept, {seen.check_ins_missed} missed"),
        ("Told who must not know", _times(seen.told_wrongly)),
        ("Suspected reprisals", _times(seen.reprisals)),
        ("Opened again", _times(seen.reopened)),
        ("Resolved after", _long(seen.resolved_after)),
        ("Outcome", OUTCOMES.get(seen.outcome, seen.outcome)),
        ("Risk left", RISKS.get(seen.residual_risk, seen.residual_risk)),
        ("Learned", "not reviewed yet" if seen.lesson is None else LESSONS[seen.lesson]),
        ("Spill-over", SPILL_OVER if seen.spill_over else ""),
    )
    return tuple((what, said) for what, said in told if said)


def _promises(seen: LookBack) -> str:
    if not seen.promised:
        return "none"
    late = f" ({seen.late} late)" if seen.late else ""
    still = seen.promised - seen.kept - seen.missed - seen.withdrawn
    rest = f", {still} open" if still > 0 else ""
    return f"{seen.kept} kept{late}, {seen.missed} not kept, {seen.withdrawn} withdrawn{rest}"


def _times(count: int) -> str:
    return "" if not count else "once" if count == 1 else f"{count} times"


def _long(length: timedelta | None) -> str:
    """`3 days 4 h`, `2 h 20 min`, `7 min`; never, where it never came to that."""
    if length is None:
        return "never"
    minutes = int(length.total_seconds() // 60)
    days, rest = divmod(minutes, _DAY)
    hours, left = divmod(rest, _HOUR)
    parts = (
        f"{days} day{'' if days == 1 else 's'}" if days else "",
        f"{hours} h" if hours else "",
        f"{left} min" if left and not days else "",
    )
    return " ".join(filter(None, parts)) or "0 min"
