"""The page's content in English, per audience, made of what was projected and nothing else. Pure.

Every sentence stands without the fields that may be missing. Translate by people: a module like
this one per language, chosen by the projection's language.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from engine.web.answer.ground_rules import promised
from engine.web.answer.stages import Stage
from engine.web.words.countries import country_name
from engine.web.words.sentence import Name, Said
from engine.web.words.states import CERTAINTY, DATE
from engine.web.words.threats import branch_of_law, happened
from engine.web.words.times import moment, month
from schemas.codes import (
    Audience,
    Certainty,
    DateKind,
    FieldName,
    Label,
    SubjectKind,
    TrackName,
)
from schemas.projection import Projection
from schemas.responses import ResponseKind


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer that this audience may give, in its words."""

    kind: ResponseKind
    words: str


ASKS: dict[str, str] = {
    "reply": "your reply",
    "protect": "tell us whether you can help in time",
    "enquire_quietly": "a visit, an enquiry, or somebody at the hearing",
    "observe_hearing": "have somebody at the hearing",
    "write_to_counterpart": (
        "contact your counterpart, receive a complaint, or write to the company's seat"
    ),
    "open_file": "open a file and take up the urgent appeal",
    "stand_by": "stand by your member, after speaking to us",
    "use_your_standing": "use your standing, quietly and after speaking to us",
    "take_instructions": "take instructions, if you have no conflict",
    "name_one_person": "name one person without a stake in it, whom we may speak to",
    "private_word": "a private word with the company's board-level contact, after speaking to us",
    "senior_contact": "a senior contact who can act",
    "stop_the_return": "do what you can to stop the return",
}
_WHY: dict[str, str] = {
    "residence": "the person lives in your country",
    "nationality": "the person has your nationality",
    "third_state": "yours is a state that we may ask when others cannot be asked",
    "seat": "your state is home to a linked company",
    "accredited_to": "your state is home to a linked company",
    "buys_from": "you buy from somebody who is linked",
    "parent_of": "you own somebody who is linked",
    "operates": "you run a site that is linked",
    "joint_venture_with": "you run a joint venture with somebody who is linked",
    "sponsors": "you sponsor somebody who is linked",
    "provides_technology": "you provide technology to somebody who is linked",
    "invests_in": "you hold part of a company that is linked",
    "finances": "you finance a company that is linked",
    "member_of": "somebody who is linked is your member",
    "represents": "you may be able to act in this",
}
_NEUTRAL_WHY = "you may be able to help"
_COMMON = (
    Choice(ResponseKind.COMMITTED, "We will do something, by a date"),
    Choice(ResponseKind.ACTED, "Done"),
    Choice(ResponseKind.ACKNOWLEDGED, "Got it; we are looking at it"),
    Choice(ResponseKind.ALREADY_ACTING, "We are acting on this already"),
    Choice(ResponseKind.WITHDRAWS, "We cannot do what we promised"),
    Choice(ResponseKind.ASKS, "Question, or please call me"),
    Choice(ResponseKind.WARNS, "Harmful now: this would spoil something"),
    Choice(ResponseKind.PASSED_ON, "Pass on to a colleague, or already passed on"),
    Choice(ResponseKind.DECLINED, "No, or not us, because…"),
    Choice(ResponseKind.CONFLICT, "We have a conflict of interest"),
    Choice(ResponseKind.WRONG_CONTACT, "Someone else here, not me"),
)
_OTHER_WORDS: dict[TrackName, Mapping[ResponseKind, str]] = {
    TrackName.COMPANIES: {ResponseKind.ASKS: "Call me"},
    TrackName.INVESTORS: {
        ResponseKind.ASKS: "Call me",
        ResponseKind.DECLINED: "No: inside-information rules, not us, or another reason",
    },
    TrackName.MSIS: {
        ResponseKind.CONFLICT: "Conflict here",
        ResponseKind.DECLINED: "No: outside our mandate, or another reason",
    },
    TrackName.LEGAL: {ResponseKind.COMMITTED: "We can take instructions"},
}


def choices(
    audience: Audience, *, label: Label = Label.AMBER_STRICT, promised: bool = False
) -> tuple[Choice, ...]:
    """The answers this audience may give. None is chosen beforehand.

    Taking back is offered where something is promised.

    Whoever is asked to tell nobody is not invited to pass it on, only to say that it has.
    """
    other = {**_OTHER_WORDS.get(audience, {})}
    if label is Label.RED:
        other[ResponseKind.PASSED_ON] = "Already passed on, without blame"
    return tuple(
        Choice(each.kind, other.get(each.kind, each.words))
        for each in _COMMON
        if promised or each.kind is not ResponseKind.WITHDRAWS
    )


def before_content(audience: Audience) -> tuple[str, ...]:
    """What must be said before anything else to this audience."""
    if audience is TrackName.INVESTORS:
        return (
            "No financial information, but it may be sensitive under your trading rules. "
            "You may decline unopened.",
        )
    return ()


def staged(projection: Projection, stage: Stage) -> tuple[Said, ...]:
    """What is told before the conflict question: first country and kind, then the other side."""
    fields = projection.fields
    if stage is Stage.KIND:
        country, act = fields.get(FieldName.COUNTRY), fields.get(FieldName.ACT)
        when = fields.get(FieldName.AS_OF)
        parts = [
            country_name(country) if country else "",
            branch_of_law(act) if act else "",
            month(datetime.fromisoformat(when), zone=ZoneInfo(projection.zone)) if when else "",
        ]
        told = ", ".join(filter(None, parts)) or "Everything about this is told on the phone"
        if projection.audience is TrackName.LEGAL:
            return ((f"{told}.",), ("Can you take instructions if there is no conflict?",))
        return ((f"{told}.",),)
    company = fields.get(FieldName.COMPANY)
    if company is None:
        return (
            ("We name the other side on the phone only. Please call before you answer.",),
            ("Do you, or does your organisation, act or have you acted for it?",),
        )
    return (
        ("The other side may be linked to ", Name(company), "."),
        ("Do you, or does your organisation, act for it, own part of it, or have you acted?",),
    )


def content(projection: Projection) -> tuple[Said, ...]:
    """Everything this audience may know, in the order of its page."""
    return _PAGES.get(projection.audience, _other)(projection)


def _embassy(p: Projection) -> tuple[Said, ...]:
    return _kept(
        (what_happened(p), _status(p)),
        _why(p),
        *promised(p),
        (what_we_ask(p, "We ask, quietly: "), date_ahead(p)),
        ("Please do not name us." if p.pattern else "Please do not name the person or us.",),
        ("If this could spoil something under way, tell us now. For details, call.",),
    )


def _company(p: Projection) -> tuple[Said, ...]:
    return _kept(
        (_concerns(p, "Someone who raised concerns"),),
        (f"We do not say that your company caused it; this is {how_sure(p)}.",),
        _why(p),
        *promised(p),
        (what_we_ask(p, "We ask for "),),
        ("If you have already passed it on, tell us, without blame.",),
    )


def _investor(p: Projection) -> tuple[Said, ...]:
    company = p.fields.get(FieldName.COMPANY)
    hold: Said = ("Why you: you hold or finance ", Name(company), ".") if company else _why(p)
    return _kept(
        (_concerns(p, "Someone who speaks up"), f" It is {how_sure(p)}."),
        hold,
        *promised(p),
        (what_we_ask(p, "We ask for "),),
        ("Please take no public step.",),
    )


def _msi(p: Projection) -> tuple[Said, ...]:
    company = p.fields.get(FieldName.COMPANY)
    stake: Said = ("The company that is linked: ", Name(company), ".") if company else ()
    return _kept(
        (
            _concerns(p, "A person linked to it", plain="A person"),
            f" It is {how_sure(p)}, not a finding against any member.",
        ),
        _why(p),
        stake,
        *promised(p),
        (what_we_ask(p, "We ask: "),),
        ("Please do not use member lists or chapters before we speak.",),
    )


def _nhri(p: Projection) -> tuple[Said, ...]:
    return _kept(
        (what_happened(p), _status(p)),
        _why(p),
        *promised(p),
        (what_we_ask(p, "We ask: "),),
        ("Please do not name us." if p.pattern else "Please do not name the person or us.",),
    )


def _legal(p: Projection) -> tuple[Said, ...]:
    return _kept(
        (what_happened(p),),
        *promised(p),
        (what_we_ask(p, "We ask: "), date_ahead(p)),
        ("Everything else is told on the phone, to the lawyer who takes it.",),
    )


def _mechanism(p: Projection) -> tuple[Said, ...]:
    return _kept(
        ("Urgent appeal file ready. ", what_happened(p), _status(p)),
        *promised(p),
        (what_we_ask(p, "We ask: "), date_ahead(p)),
        ("The file itself is handed over by a person of ours. Please call.",),
    )


def _protection(p: Projection) -> tuple[Said, ...]:
    country = p.fields.get(FieldName.COUNTRY)
    where = f" in {country_name(country)}" if country else ""
    who = "People" if p.pattern else "A person"
    need = "need" if p.pattern else "needs"
    return _kept(
        (f"{who}{where} {need} support.{_status(p)}",),
        *promised(p),
        (what_we_ask(p, "We ask: "),),
        ("This is a vetted request; call the desk for the rest.",),
    )


def _other(p: Projection) -> tuple[Said, ...]:
    return _kept(
        (what_happened(p), _status(p)),
        _why(p),
        *promised(p),
        (what_we_ask(p, "We ask: "),),
        ("Please keep it to those who must act, and take no public step.",),
    )


_PAGES: dict[Audience, Callable[[Projection], tuple[Said, ...]]] = {
    TrackName.MISSIONS: _embassy,
    TrackName.COMPANIES: _company,
    TrackName.INVESTORS: _investor,
    TrackName.MSIS: _msi,
    TrackName.NHRIS: _nhri,
    TrackName.LEGAL: _legal,
    TrackName.MECHANISMS: _mechanism,
    TrackName.PROTECTION: _protection,
}


def _kept(*paragraphs: Said) -> tuple[Said, ...]:
    return tuple(p for p in paragraphs if any(part for part in p))


def what_happened(p: Projection) -> str:
    """Whom it happened to, where, and what: one sentence."""
    country = p.fields.get(FieldName.COUNTRY)
    where = f" in {country_name(country)}" if country else ""
    if p.pattern:
        return (
            f"People who defend their land or rights{where} are affected by a pattern of threats."
        )
    kind = p.fields.get(FieldName.SUBJECT_KIND, SubjectKind.PERSON)
    if kind == SubjectKind.NONE_IDENTIFIABLE:
        return f"A situation{where} puts people at risk."
    many = kind in (SubjectKind.GROUP, SubjectKind.COMMUNITY)
    who = (
        f"People who defend their land or rights{where}"
        if many
        else f"An organisation that defends rights{where}"
        if kind == SubjectKind.INSTITUTION
        else f"A person who defends others' rights{where}"
    )
    return f"{who} {happened(p.fields.get(FieldName.ACT, ''), many=many)}."


def _concerns(p: Projection, who: str, *, plain: str = "") -> str:
    sector, country = p.fields.get(FieldName.SECTOR), p.fields.get(FieldName.COUNTRY)
    about = f" in {sector.replace('_', ' ')}" if sector else ""
    if who == "Someone who speaks up" and sector:
        about = f" about {sector.replace('_', ' ')}"
    if plain and sector:
        who, about = f"{plain} linked to {sector.replace('_', ' ')}", ""
    elif plain:
        who = plain
    where = f" in {country_name(country)}" if country else ""
    if p.pattern:
        what = f" about {sector.replace('_', ' ')}" if sector else ""
        return f"People who speak up{what}{where} are at risk. This is a pattern, not one case."
    return f"{who}{about}{where} is at risk."


def how_sure(p: Projection) -> str:
    """How sure we are, in the middle of a sentence."""
    value = p.fields.get(FieldName.CERTAINTY, Certainty.UNKNOWN)
    return CERTAINTY[Certainty(value)] if value in set(Certainty) else CERTAINTY[Certainty.UNKNOWN]


def _status(p: Projection) -> str:
    if FieldName.CERTAINTY not in p.fields:
        return ""
    when = p.fields.get(FieldName.AS_OF)
    as_of = f", as of {_moment(when, p)}" if when else ""
    return f" Status: {how_sure(p)}{as_of}."


def _why(p: Projection) -> Said:
    code = p.fields.get(FieldName.WHY_YOU)
    return (f"Why you: {_WHY.get(code, _NEUTRAL_WHY)}.",) if code else ()


def what_we_ask(p: Projection, lead: str) -> str:
    """What is asked, after `lead`, and by when."""
    code = p.fields.get(FieldName.ASK, "reply")
    by = p.fields.get(FieldName.ANSWER_BY)
    until = f" Please answer by {_moment(by, p)}." if by else ""
    return f"{lead}{ASKS.get(code, code.replace('_', ' '))}.{until}"


def date_ahead(p: Projection) -> str:
    """The next date, as a sentence that follows another; empty without one."""
    kind, _, when = p.fields.get(FieldName.DATE_AHEAD, "").partition(" ")
    if not when:
        return ""
    words = DATE[DateKind(kind)] if kind in set(DateKind) else DATE[DateKind.OTHER]
    return f" {words}: {_moment(when, p)}."


def _moment(value: str, p: Projection) -> str:
    return moment(datetime.fromisoformat(value), zone=ZoneInfo(p.zone))
