"""Who is deliberately not told, and why, each in one sentence. Pure."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from engine.case.state import Case
from engine.store.brakes import Brakes
from engine.store.case_file import CaseFile
from engine.web.console.names import Names
from engine.web.console.present_path import LINKS_SAID, path_clause, tell_path
from engine.web.told import BY_CONSENT, NotTold, not_told_now
from engine.web.words.reasons import NEXT_STEP, why
from engine.web.words.refusals import About, refusal
from engine.web.words.sentence import Name, Said
from engine.web.words.states import CERTAINTY, GATE
from engine.web.words.times import day
from schemas.codes import TrackName
from schemas.consent import Basis, Consent
from schemas.plan import Gate, Reason
from schemas.reason import REMEDIES, Remedy


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """One party, or one contact of it, that is not told."""

    who: str
    contact: str
    said: Said
    """One sentence: who, why, and what would change it."""
    why: str
    next: str
    path: tuple[Said, ...]
    reason: Reason
    rests_on: tuple[Said, ...] = ()
    """The evidence: each link where the sentence does not say it, the consent, the rule."""


def left_out(file: CaseFile, *, names: Names, now: datetime) -> tuple[LeftOut, ...]:
    """Everybody left out by any plan, each once: first those whom somebody could turn."""
    out = not_told_now(file.case, file.plans, now)
    return tuple(
        _one(each, file, names)
        for each in sorted(out, key=lambda each: (*_PLACE[each.reason], each.party, each.contact))
    )


_PLACE = {
    reason: (REMEDIES.get(reason, Remedy.NOTHING) is Remedy.NOTHING, number)
    for number, reason in enumerate(Reason)
}


def _one(out: NotTold, file: CaseFile, names: Names) -> LeftOut:
    known = about(out, case=file.case, brakes=file.brakes, names=names)
    said = refusal(out.reason, known)
    path = tell_path(out.path, names)
    told = bool(known.path) and said[2 : 2 + len(known.path)] == known.path
    return LeftOut(
        who=known.who.text,
        contact=known.contact.text if known.contact else "",
        said=said,
        why=why(out.reason),
        next=NEXT_STEP.get(out.reason, ""),
        path=path,
        reason=out.reason,
        rests_on=(
            *(() if told and len(path) <= LINKS_SAID + 1 else path),
            *_record(out.reason, file.brakes, names),
            (f"Rule {out.reason.value}: {_lower(why(out.reason))}",),
        ),
    )


def about(out: NotTold, *, case: Case, brakes: Brakes, names: Names) -> About:
    """The particulars of one refusal: those that its reason speaks of, and no others."""
    consent = _consent(out.reason, brakes)
    by, since, until = _halted(out, case=case, brakes=brakes, names=names)
    entry = brakes.closure.find(out.party)
    state = case.track(out.track) if out.track is not None else None
    return About(
        who=names.party(out.party),
        contact=names.contact(out.contact) if out.contact else None,
        audience=_AUDIENCE[out.track] if out.track is not None else "",
        path=path_clause(out.party, out.path, names),
        allowed=_listed(consent.audiences) if consent is not None else "",
        consent_on=_day(consent.recorded_at or consent.given_at, names) if consent else "",
        consent_until=_day(consent.until, names) if consent and consent.until else "",
        by=by,
        since=since,
        until=until,
        sure=CERTAINTY[case.certainty],
        gate=_GATE.get(state.track.gate, "") if state is not None else "",
        clearable=entry is not None and entry.clearable and entry.reason is out.reason,
    )


def _consent(reason: Reason, brakes: Brakes) -> Consent | None:
    """The record that refuses; where several subjects are concerned, the newest that does."""
    revoked = reason is Reason.CONSENT_REVOKED
    found = [each for each in brakes.consents if each.revoked is revoked]
    return max(found, key=lambda each: each.recorded_at or each.given_at, default=None)


def _record(reason: Reason, brakes: Brakes, names: Names) -> tuple[Said, ...]:
    """The consent that refuses, as it was recorded."""
    consent = _consent(reason, brakes) if reason in _BY_CONSENT else None
    if consent is None:
        return ()
    how = "taken back" if consent.revoked else f"given by {_GAVE[consent.basis]}"
    when = _day(consent.given_at, names)
    by: Said = (", recorded by ", names.person(consent.by)) if consent.by else ()
    return ((f"Consent of {consent.pseudonym}, {how} on {when}", *by, "."),)


def _lower(words: str) -> str:
    return f"{words[:1].lower()}{words[1:]}"


def _halted(
    out: NotTold, *, case: Case, brakes: Brakes, names: Names
) -> tuple[Name | None, str, str]:
    """Who halted it, since when and until when."""
    match out.reason:
        case Reason.FROZEN:
            freezes = [fact for fact in brakes.frozen if out.track in (None, *fact.tracks)]
            if freezes:
                last = freezes[-1]
                until = names.time(last.until) if last.until else ""
                return names.person(last.by), names.time(last.at), until
        case Reason.STOPPED if brakes.stopped_by and brakes.stopped_at is not None:
            return names.person(brakes.stopped_by), names.time(brakes.stopped_at), ""
        case Reason.HELD:
            holds = [each.hold for each in case.holds]
            if holds:
                longest = max(holds, key=lambda each: each.until)
                return names.person(longest.by), "", names.time(longest.until)
    return None, "", ""


_BY_CONSENT = frozenset(
    {
        *BY_CONSENT,
        Reason.CONSENT_REVOKED,
        Reason.CONSENT_FROM_INSIDE,
        Reason.NOBODY_UNCONFIRMED,
        Reason.PROXY_UNJUSTIFIED,
    }
)
_GAVE: dict[Basis, str] = {
    Basis.PERSON: "the person",
    Basis.REPRESENTATIVE: "somebody who may speak for them",
    Basis.GUARDIAN: "a guardian",
    Basis.COMMUNITY: "representatives of a community",
    Basis.NO_IDENTIFIABLE_PERSON: "nobody, since nobody can be recognised",
    Basis.NECESSITY: "nobody: it could not wait",
}
_AUDIENCE: dict[TrackName, str] = {
    TrackName.DUTY: "duty",
    TrackName.PROTECTION: "protection",
    TrackName.MISSIONS: "embassies",
    TrackName.NHRIS: "human rights institutions",
    TrackName.MSIS: "initiatives",
    TrackName.INVESTORS: "investors",
    TrackName.COMPANIES: "companies",
    TrackName.MECHANISMS: "UN and regional mechanisms",
    TrackName.LEGAL: "lawyers",
    TrackName.SPORTS: "sports bodies",
    TrackName.UNIONS: "unions",
}
_GATE: dict[Gate, str] = {
    gate: GATE[gate] for gate in (Gate.PROTOCOL, Gate.RELEASE, Gate.RELEASE_TWO, Gate.NECESSITY)
}


def _listed(audiences: tuple[TrackName, ...]) -> str:
    words = [_AUDIENCE[name] for name in audiences if name is not TrackName.DUTY]
    return f"{', '.join(words[:-1])} and {words[-1]}" if len(words) > 1 else "".join(words)


def _day(at: datetime, names: Names) -> str:
    return day(at, zone=ZoneInfo(names.zone))
