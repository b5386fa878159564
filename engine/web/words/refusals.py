"""Why somebody is not told, in one sentence that a coordinator would say. Pure.

Who it is, why, and what would change it: by which path, by whose consent of which day, by whose
hold until when. Where nothing would change it, the sentence says that as well.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from engine.web.words.reasons import WHY
from engine.web.words.remedies import REMEDY
from engine.web.words.sentence import Name, Said
from schemas.reason import REMEDIES, Reason, Remedy


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What is known of one refusal, already in words; what is empty is left out of the sentence."""

    who: Name
    contact: Name | None = None
    """Set when only this contact of the party is left out."""
    audience: str = ""
    """`embassies`, where a track is known."""
    path: Said = ()
    """`guards the place of Cerro Minera, which is alleged …`: a clause that begins after a name."""
    allowed: str = ""
    """`embassies and human rights institutions`."""
    consent_on: str = ""
    """`Mon 1 March`: when the consent that counts was given, or taken back."""
    consent_until: str = ""
    by: Name | None = None
    """Who froze, stopped or asked to wait."""
    since: str = ""
    until: str = ""
    sure: str = ""
    """`possible, not confirmed`."""
    gate: str = ""
    """`two people release it`."""
    clearable: bool = False


def refusal(reason: Reason, about: About) -> Said:
    """One sentence, beginning with the name and ending with a full stop."""
    make = _SENTENCES.get(reason)
    return make(about) if make is not None else _plainly(reason, about)


_Sentence = Callable[[About], Said]


def _excluded(cause: str, so: str = "so it is never told in this case.") -> _Sentence:
    """`cause` stands in where no path is known; `so` gives way where two people may clear it."""

    def sentence(about: About) -> Said:
        end = _CLEAR if about.clearable else so
        return (about.who, " ", *(about.path or (cause,)), f", {end}")

    return sentence


_CLEAR = "and as that tie has ended or is not verified, two people may clear it for this case."


def _consent_none(about: About) -> Said:
    return (
        about.who,
        " is not told because nobody has consented to telling anybody but duty; ask the person, "
        "or whoever may speak for them.",
    )


def _consent_audience(about: About) -> Said:
    kind = about.audience or "this kind of recipient"
    on = f" on {about.consent_on}" if about.consent_on else ""
    given = f"the person allowed {about.allowed}{on}" if about.allowed else "consent was given"
    return (
        about.who,
        f" is not told because {given}, but not {kind}; ask whether {kind} may know.",
    )


def _consent_mode(about: About) -> Said:
    on = f" of {about.consent_on}" if about.consent_on else ""
    return (
        about.who,
        f" is not told because the consent{on} is for a quieter way of acting; act more quietly, "
        "or ask the person whether it may be louder.",
    )


def _consent_expired(about: About) -> Said:
    given = f"the consent of {about.consent_on}" if about.consent_on else "the consent"
    when = f" on {about.consent_until}" if about.consent_until else ""
    return (
        about.who,
        f" is not told because {given} ran out{when}; ask the person whether it still holds.",
    )


def _consent_revoked(about: About) -> Said:
    when = f" on {about.consent_on}" if about.consent_on else ""
    return (
        about.who,
        f" is not told because consent was taken back{when}; only the person can give it anew, "
        "and nobody presses them.",
    )


def _nobody_unconfirmed(about: About) -> Said:
    return (
        about.who,
        " is not told yet because only the report says that nobody can be recognised; two people "
        "look at it and agree, or record whom it is about.",
    )


def _proxy_unjustified(about: About) -> Said:
    on = f" on {about.consent_on}" if about.consent_on else ""
    return (
        about.who,
        f" is not told yet because somebody spoke for the person{on} without saying why they "
        "cannot; ask the person, or record why that is impossible.",
    )


def _consent_from_inside(about: About) -> Said:
    return (
        about.who,
        " is not told because the consent came by a line that is run for somebody who must not "
        "know; ask the person by another way, and record what they say.",
    )


def _wish(about: About) -> Said:
    kind = about.audience or "this kind of recipient"
    return (
        about.who,
        f" is not told because the person asked that {kind} are not; ask whether that still holds.",
    )


def _frozen(about: About) -> Said:
    kind = about.audience or "this track"
    since = f" on {about.since}" if about.since else ""
    until = f" until {about.until}" if about.until else ""
    return _waits(about, f" froze {kind}{since}{until}; two people may lift it.")


def _stopped(about: About) -> Said:
    since = f" on {about.since}" if about.since else ""
    return _waits(about, f" stopped everything outgoing{since}; two people may let it go on.")


def _held(about: About) -> Said:
    until = f" until {about.until}" if about.until else ""
    return _waits(
        about,
        f" asked that nobody approaches it{until}; before that only a person can end the hold.",
    )


def _waits(about: About, did: str) -> Said:
    """Whom it waits for, and what they did."""
    return (about.who, " waits because ", about.by or "somebody", did)


def _level(about: About) -> Said:
    who: Said = (about.contact, " at ", about.who) if about.contact else (about.who,)
    return (
        *who,
        " is too near to the place or to the business to be told by machine; choose another "
        "contact of theirs, or speak to them yourself.",
    )


def _fans_out(about: About) -> Said:
    who: Said = (about.contact, " of ", about.who) if about.contact else (about.who,)
    return (
        *who,
        " is not told because somebody who must not know, or whom nobody knows, reads the same "
        "address; use the address of one person.",
    )


def _certainty(about: About) -> Said:
    sure = f" is only {about.sure}" if about.sure else " is not sure enough"
    return (
        about.who,
        f" is not told because what happened{sure}; a second independent source would change that.",
    )


def _small_cell(about: About) -> Said:
    return (
        about.who,
        " is not told because so few are in this pattern that somebody could be picked out of it; "
        "a report over a longer time or a wider sector would change that.",
    )


def _pattern_only(about: About) -> Said:
    return (about.who, " is not told because it gets patterns only, and this is about somebody.")


def _gate(about: About) -> Said:
    gate = about.gate or "a person releases it"
    return (about.who, f" is told once {gate}.")


def _no_endpoint(about: About) -> Said:
    who: Said = (about.contact, " of ", about.who) if about.contact else (about.who,)
    return (
        *who,
        " cannot be told because no way to reach it may be used; record one, or phone.",
    )


def _plainly(reason: Reason, about: About) -> Said:
    """A reason that has no particulars: its own sentence, and what turns it."""
    why = WHY.get(reason, "Left out.").removesuffix(".")
    remedy = REMEDIES.get(reason, Remedy.NOTHING)
    step = REMEDY[remedy]
    more = f"; {step[:1].lower()}{step[1:]}" if remedy is not Remedy.NOTHING else _FOR_GOOD
    return (about.who, f" is not told: {why[:1].lower()}{why[1:]}{more}")


_FOR_GOOD = ", and in this case nothing changes that."


_SENTENCES: Mapping[Reason, _Sentence] = {
    Reason.PERPETRATOR_CLOSURE: _excluded("is alleged to be behind it, or tied to somebody who is"),
    Reason.UNKNOWN_PERPETRATOR_GROUP: _excluded(
        "belongs to those who run the place",
        "and nobody knows yet who did it: two people may clear it for this case.",
    ),
    Reason.CONTROLLER_NEEDS_TWO: _excluded(
        "controls somebody who must not know",
        "so only two people may let its headquarters be told, each with a record.",
    ),
    Reason.REPRESENTS: _excluded("acts, or acted, for somebody who must not know"),
    Reason.OFFICER_OF: _excluded("has somebody in office who must not know"),
    Reason.STATE_OF_PERPETRATOR: _excluded("answers to the state behind it"),
    Reason.REQUESTING_STATE: _excluded("belongs to the state that wants the person returned"),
    Reason.TRANSIT_STATE: _excluded("belongs to the state that holds the person on the way"),
    Reason.MECHANISM_OF_COMPLAINT: _excluded("runs the complaint line after which this happened"),
    Reason.CONSENT_NONE: _consent_none,
    Reason.CONSENT_AUDIENCE: _consent_audience,
    Reason.CONSENT_MODE: _consent_mode,
    Reason.CONSENT_EXPIRED: _consent_expired,
    Reason.CONSENT_REVOKED: _consent_revoked,
    Reason.NOBODY_UNCONFIRMED: _nobody_unconfirmed,
    Reason.PROXY_UNJUSTIFIED: _proxy_unjustified,
    Reason.CONSENT_FROM_INSIDE: _consent_from_inside,
    Reason.WISH: _wish,
    Reason.FROZEN: _frozen,
    Reason.STOPPED: _stopped,
    Reason.HELD: _held,
    Reason.LEVEL: _level,
    Reason.ENDPOINT_FANS_OUT: _fans_out,
    Reason.CERTAINTY: _certainty,
    Reason.SMALL_CELL: _small_cell,
    Reason.PATTERN_ONLY: _pattern_only,
    Reason.GATE_CLOSED: _gate,
    Reason.NO_ENDPOINT: _no_endpoint,
}
