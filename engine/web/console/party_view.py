"""What a party's page shows, from the registry's records: words and dates, no addresses."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from engine.registry.neighbourhood import Neighbourhood
from engine.web.console.present_path import LINKS
from engine.web.words.countries import country_name
from engine.web.words.form import FORM_POINT
from engine.web.words.parties import (
    LEVEL,
    LINK_STATUS,
    MARK,
    OWNERSHIP,
    PARTY_KIND,
    POLICY_CLAUSE,
    POLITICAL_POLICY,
)
from engine.web.words.sentence import Name, Said
from rules.graph import Registry
from schemas.contact import Contact
from schemas.link import Link, LinkStatus
from schemas.party import Party

DETAILS_MOST = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkLine:
    """One link in the table."""

    a: str
    a_name: str
    verb: str
    b: str
    b_name: str
    when: str
    status: str
    good: bool
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactLine:
    """One contact, without its addresses."""

    label: str
    level: str
    ways: str
    hours: str
    languages: str
    stale: str


def kind_words(party: Party) -> str:
    """`company in Chile`, `embassy or consulate of Norway`."""
    of = "of" if party.kind.value in ("mission", "nhri", "state_body") else "in"
    where = f" {of} {country_name(party.state)}" if party.state else ""
    return PARTY_KIND[party.kind] + where


def known(party: Party) -> Iterator[tuple[str, Said]]:
    """What is known of it, label and words; silent where nothing is known."""
    lists: tuple[tuple[str, Iterable[str]], ...] = (
        ("Also called", party.aliases),
        ("Numbers", party.identifiers),
        ("Sectors", party.sectors),
        ("Support", party.support),
        ("Languages", party.languages),
        ("Covers", (country_name(code) for code in party.regions)),
    )
    if party.located and party.located != party.state:
        yield "Is in", (country_name(party.located),)
    for label, words in lists:
        said = ", ".join(words)
        if said:
            yield label, (Name(said),)
    if party.ownership:
        yield "Owned", (OWNERSHIP[party.ownership],)
    if party.ganhri:
        captured = ", judged not independent by two people" if party.independence_override else ""
        yield "Accreditation", (f"status {party.ganhri}{captured}",)
    if party.political_policy:
        yield "Political matters", (POLITICAL_POLICY[party.political_policy],)
    if party.policy or party.policy_clauses:
        promised = "; ".join(POLICY_CLAUSE[clause] for clause in party.policy_clauses)
        yield "Its own policy", (f"promises {promised}. " if promised else "", Name(party.policy))
    if party.complaints:
        yield "Complaints", (Name(party.complaints),)
    if party.complaint_window:
        days = party.complaint_window
        yield "Complaints within", (f"{days} day{'' if days == 1 else 's'} of what happened",)
    if party.requirements:
        yield "Its form asks", ("; ".join(FORM_POINT[each] for each in party.requirements),)
    for mark in party.marks:
        yield "Mind", (MARK[mark],)
    if party.expires:
        yield "Ends", (party.expires.isoformat(),)
    if party.source:
        yield "Says who", (Name(party.source),)
    for key, value in party.details[:DETAILS_MOST]:
        yield key.replace("_", " ").capitalize(), (Name(value),)


def link_lines(seen: Neighbourhood, registry: Registry) -> Iterator[LinkLine]:
    """The link that ties each party of the picture, in its order, then their other links."""
    for each in seen.around:
        yield link_line(registry, each.links[0])
    for each in seen.around:
        for link in each.links[1:]:
            yield link_line(registry, link)


def link_line(registry: Registry, link: Link) -> LinkLine:
    """One link in words."""
    return LinkLine(
        a=link.a,
        a_name=_name(registry, link.a),
        verb=LINKS[link.kind],
        b=link.b,
        b_name=_name(registry, link.b),
        when=_when(link),
        status=LINK_STATUS[link.status],
        good=link.status is LinkStatus.VERIFIED,
        source=link.source,
    )


def contact_lines(contacts: Iterable[Contact], *, now: datetime) -> Iterator[ContactLine]:
    """The ways to reach it, the one told first standing first."""
    for contact in contacts:
        yield ContactLine(
            label=contact.label,
            level=LEVEL[contact.level],
            ways=", ".join(dict.fromkeys(end.channel for end in contact.endpoints)) or "no address",
            hours=contact.hours or "at all hours",
            languages=", ".join(contact.languages),
            stale=_stale(contact, now),
        )


def _stale(contact: Contact, now: datetime) -> str:
    if contact.verified_until is not None and contact.verified_until < now:
        return f"nobody has stood for it since {contact.verified_until.date().isoformat()}"
    if contact.away_until is not None and now.date() <= contact.away_until:
        return f"away to {contact.away_until.isoformat()}"
    return ""


def _when(link: Link) -> str:
    said = []
    if link.valid_from or link.valid_until:
        said.append(f"{_day(link.valid_from)} to {_day(link.valid_until)}")
    elif link.as_of:
        said.append(f"as of {link.as_of.isoformat()}")
    if link.share is not None:
        said.append(f"{link.share:g} %")
    if link.tier is not None:
        said.append(f"tier {link.tier}")
    said.extend(term.replace("_", " ") for term in link.terms)
    return ", ".join(said)


def _day(value: date | None) -> str:
    return "…" if value is None else value.isoformat()


def _name(registry: Registry, id: str) -> str:
    party = registry.party(id)
    return party.name if party else id
