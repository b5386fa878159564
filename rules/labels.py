"""The label of what one recipient reads, by the Traffic Light Protocol. Pure.

Derived anew each time from who reads, how openly they may act, and what the reports carry. More
reports only tighten it (N19); nothing but a person's act, raising the mode, widens it.
"""

from schemas.codes import Audience, Label, Mode, TrackName, strictest


def label(*, audience: Audience, mode: Mode, of_inputs: Label | None, pattern: bool) -> Label:
    """How far this reader may pass on what it reads; never wider than any input allows.

    `of_inputs` is the strictest label of the case's reports, `pattern` whether it is about many and
    nobody in particular. Clients never hear of a case: AMBER alone is not used, since to a law firm
    or an investor it means that theirs may.
    """
    return strictest((_own(audience, mode, pattern=pattern), of_inputs)) or Label.RED


def _own(audience: Audience, mode: Mode, *, pattern: bool) -> Label:
    if audience is TrackName.DUTY:
        return Label.RED  # duty can see who it is
    if pattern and mode is not Mode.QUIET:
        return Label.GREEN
    return Label.AMBER_STRICT
