"""The built-in duty ladder, for the hour in which no rulebook can be used.

Figures: the default policy pack (reference: practice, section 2; critical figures below 60 minutes
are ours). A test keeps the shipped pack equal to it.
"""

from collections.abc import Mapping
from types import MappingProxyType

from schemas.codes import Mode, Severity, SubjectStatus, TrackName
from schemas.plan import Anchor, CheckIns, Gate, Step, Track, Until
from schemas.roster import Role

_MINUTE, _HOUR, _DAY = 60, 3_600, 86_400

STEPS: Mapping[Severity, tuple[Step, ...]] = MappingProxyType(
    {
        Severity.CRITICAL: (
            Step(offset=0, roles=(Role.HANDLER,)),
            Step(offset=15 * _MINUTE, roles=(Role.SECOND,)),
            Step(offset=30 * _MINUTE, roles=(Role.SHIFT_LEAD,)),
            Step(offset=60 * _MINUTE, roles=(Role.DIRECTOR,)),
        ),
        Severity.HIGH: (
            Step(offset=0, roles=(Role.HANDLER,)),
            Step(offset=60 * _MINUTE, roles=(Role.SECOND,)),
            Step(offset=90 * _MINUTE, roles=(Role.SHIFT_LEAD, Role.DIRECTOR)),
        ),
        Severity.ELEVATED: (
            Step(offset=0, roles=(Role.HANDLER,)),
            Step(offset=4 * _HOUR, roles=(Role.SECOND,)),
            Step(offset=8 * _HOUR, roles=(Role.SHIFT_LEAD,)),
            Step(offset=24 * _HOUR, roles=(Role.DIRECTOR,)),
        ),
        Severity.WATCH: (
            Step(offset=0, roles=(Role.HANDLER,)),
            Step(offset=24 * _HOUR, roles=(Role.SECOND,)),
        ),
    }
)

ANSWER_HOLDS_FOR: Mapping[Severity, int] = MappingProxyType(
    {
        Severity.CRITICAL: 30 * _MINUTE,
        Severity.HIGH: 4 * _HOUR,
        Severity.ELEVATED: 24 * _HOUR,
        Severity.WATCH: 24 * _HOUR,
    }
)

REPEAT_EVERY: Mapping[Severity, tuple[int, ...]] = MappingProxyType(
    {
        Severity.CRITICAL: (15 * _MINUTE,) * 4 + (_HOUR,),
        Severity.HIGH: (_HOUR,) * 4 + (4 * _HOUR,),
        Severity.ELEVATED: (4 * _HOUR,) * 4 + (24 * _HOUR,),
        Severity.WATCH: (4 * _HOUR,) * 2 + (24 * _HOUR,),
    }
)

CHECK_INS = CheckIns(
    by_severity=(
        (Severity.CRITICAL, (6 * _HOUR, 24 * _HOUR, 72 * _HOUR)),
        (Severity.HIGH, (24 * _HOUR, 7 * _DAY)),
        (Severity.ELEVATED, (7 * _DAY, 30 * _DAY)),
        (Severity.WATCH, (30 * _DAY,)),
    ),
    by_status=(
        (SubjectStatus.DISAPPEARED, (6 * _HOUR, 24 * _HOUR)),
        (SubjectStatus.DETAINED, (24 * _HOUR, 7 * _DAY)),
        (SubjectStatus.IN_HIDING, (24 * _HOUR, 72 * _HOUR)),
        (SubjectStatus.RELOCATED, (7 * _DAY, 30 * _DAY)),
        (SubjectStatus.RELEASED, (24 * _HOUR, 7 * _DAY)),
    ),
)
"""By severity from the practice reference, section 2; those by status are ours."""


def track(
    *,
    steps: tuple[Step, ...],
    answer_holds_for: int,
    repeat_every: tuple[int, ...],
    check_ins: CheckIns | None = None,
) -> Track:
    """A duty track with these figures, in seconds."""
    return Track(
        name=TrackName.DUTY,
        gate=Gate.NONE,
        mode=Mode.QUIET,
        anchor=Anchor.OPENED,
        steps=steps,
        until=Until.OWNED,
        answer_by=0,
        answer_holds_for=answer_holds_for,
        repeat_every=repeat_every,
        check_ins=check_ins,
    )


def built_in(severity: Severity) -> Track:
    """The duty track that needs no rulebook."""
    return track(
        steps=STEPS[severity],
        answer_holds_for=ANSWER_HOLDS_FOR[severity],
        repeat_every=REPEAT_EVERY[severity],
    )
