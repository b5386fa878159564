"""Many messages to one of our own people as one: after an outage, and when there are too many.

Only messages to duty are told together, and what is told is how many cases and how grave the
gravest is: the board lists them. A page of a grave case that is not late always leaves by itself.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

from engine.desk.inner import SendJob
from schemas.codes import TrackName
from schemas.projection import Purpose


def bundle(
    jobs: Sequence[SendJob], *, fits: Callable[[Sequence[SendJob]], bool]
) -> tuple[SendJob, ...]:
    """Return what is to be sent, in the order of the jobs; those told along are in `also`.

    `fits`: whether one recipient may get each of these by itself now.
    """
    together: dict[tuple[str, Purpose], list[SendJob]] = {}
    for job in jobs:
        purpose = _told_as(job)
        if purpose is not None:
            together.setdefault((endpoint_of(job), purpose), []).append(job)
    first: dict[str, SendJob] = {}
    told_along: set[str] = set()
    for (_, purpose), some in together.items():
        if purpose is Purpose.SEVERAL and fits(some):
            continue
        gravest = min(some, key=lambda job: job.severity.rank)
        others = tuple(job for job in some if job is not gravest)
        one = replace(gravest, also=others)
        first[gravest.key] = _of_one_case(one) if cases_in(one) == 1 else _of_many(one, purpose)
        told_along.update(job.key for job in others)
    return tuple(first.get(job.key, job) for job in jobs if job.key not in told_along)


def _of_many(job: SendJob, purpose: Purpose) -> SendJob:
    return replace(job, purpose=purpose, detail="")


def _of_one_case(job: SendJob) -> SendJob:
    """However late: with its reference, so that an answer by return takes it."""
    overdue = job.purpose is Purpose.OVERDUE
    return replace(job, purpose=Purpose.PAGE) if overdue else job


def cases_in(job: SendJob) -> int:
    """How many cases one message stands for."""
    return len({each.case for each in (job, *job.also)})


def endpoint_of(job: SendJob) -> str:
    """`channel:endpoint id`; the channel alone where the registry has no such endpoint."""
    return f"{job.channel}:{job.endpoint.id if job.endpoint is not None else ''}"


def _told_as(job: SendJob) -> Purpose | None:
    """As what it may be told together with others; None: only by itself."""
    if job.track is not TrackName.DUTY or job.endpoint is None or job.exercise:
        return None
    if job.purpose is Purpose.OVERDUE:
        return Purpose.OVERDUE
    return None if job.severity.grave else Purpose.SEVERAL
