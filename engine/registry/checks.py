"""What no record of any file may be: a trap for who reads it, or what cannot be true.

Applied by the frame to every row after its format read it; a row with one bad record is refused as
a whole, so that nothing of it is half imported.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date

from engine.registry.rows import Fate, RowRead, Why
from notifiers.registry import SHIPPED
from rules import hours
from rules.complaints import WINDOW_MOST
from schemas.contact import Contact, Endpoint
from schemas.link import Link, LinkStatus
from schemas.party import Party

EARLIEST = date(1900, 1, 1)
LATEST = date(2200, 1, 1)
ID_AT_MOST = 128
TEXT_AT_MOST = 10_000
"""Characters of one text of a record; a name that is longer is none."""

Wrong = tuple[Why, str]
"""Why a record is refused, and which field of it."""

_RUNS = r"=+\-@\t\r\uff1d\uff0b\uff0d\uff20"  # the last four: in full width
_UNSEEN = (
    r"\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufffe\uffff"
    r"\U000e0000-\U000e007f"
)
_BLANK = re.compile(r"\s")
_PLAIN = re.compile(rf"[^\s{_RUNS}{_UNSEEN}][^{_UNSEEN}]{{0,{TEXT_AT_MOST - 1}}}")
_FORMULA = re.compile(f"[{_RUNS}]")
_NUMBER = re.compile(r"[+-]?[\d][\d\s.,()/-]*")
_HIDDEN = re.compile(f"[{_UNSEEN}]")
"""What nobody sees, and what shows a name in another order than it is written. Joiners and marks
of direction stay: Persian and Hindi need them."""
_NOT_IN_AN_ADDRESS = re.compile(r"[\s,;<>\"\u00ad\u061c\u180e\u200b-\u200f\u2060-\u2064\ufeff]")
_ADDRESS_OF = {each.kind: each.address.check for each in SHIPPED}


def checked(row: RowRead) -> RowRead:
    """The row as it came, or refused."""
    if row.fate is Fate.REFUSED:
        return row
    wrong = next(_of_row(row), None)
    return row if wrong is None else refused(row, *wrong)


def refused(row: RowRead, why: Why, column: str = "") -> RowRead:
    """The same row without its records; of its parties one still knows that it was about them."""
    return replace(
        row,
        fate=Fate.REFUSED,
        why=why,
        column=column,
        parties=(),
        links=(),
        contacts=(),
        gone=(),
        left_out=(*row.left_out, *(party.id for party in row.parties)),
    )


def _of_row(row: RowRead) -> Iterator[Wrong]:
    for party in row.parties:
        yield from of_party(party)
    for link in row.links:
        yield from of_link(link)
    for contact in row.contacts:
        yield from of_contact(contact)


def of_party(party: Party) -> Iterator[Wrong]:
    """What is wrong with a party, field by field."""
    yield from _ids(("id", party.id))
    yield from _needed(("name", party.name))
    yield from _texts("aliases", party.aliases)
    yield from _texts("identifiers", party.identifiers)
    yield from _texts("sectors", party.sectors)
    yield from _texts("support", party.support)
    yield from _texts("source", (party.source,))
    yield from _texts("policy", (party.policy,))
    yield from _texts("complaints", (party.complaints,))
    yield from _texts("details", (value for _, value in party.details))
    if party.complaint_window is not None and not 1 <= party.complaint_window <= WINDOW_MOST:
        yield Why.NOT_KNOWN, "complaint_window"


def of_link(link: Link) -> Iterator[Wrong]:
    """What is wrong with a link, field by field."""
    yield from _ids(("id", link.id), ("a", link.a), ("b", link.b))
    yield from _needed(("source", link.source))
    yield from _texts("sectors", link.sectors)
    yield from _texts("terms", link.terms)
    yield from _texts("evidence", (link.evidence,))
    if link.a == link.b:
        yield Why.LINKED_TO_ITSELF, "b"
    if link.share is not None and not 0 <= link.share <= 100:  # nor is NaN
        yield Why.SHARE_IMPOSSIBLE, "share"
    for column in ("valid_from", "valid_until", "as_of"):
        day: date | None = getattr(link, column)
        if day is not None and not EARLIEST <= day <= LATEST:
            yield Why.DATE_IMPOSSIBLE, column
    if link.valid_from and link.valid_until and link.valid_from > link.valid_until:
        yield Why.DATES_REVERSED, "valid_until"
    if link.status is LinkStatus.REFUTED:
        yield Why.NOT_TRUSTED, "status"


def of_contact(contact: Contact) -> Iterator[Wrong]:
    """What is wrong with a contact or one of its endpoints, field by field."""
    yield from _ids(("id", contact.id), ("party", contact.party))
    yield from _needed(("label", contact.label))
    yield from _texts("languages", contact.languages)
    yield from _texts("source", (contact.source,))
    try:
        hours.check(contact.hours)
    except hours.HoursError:
        yield Why.NOT_KNOWN, "hours"
    for endpoint in contact.endpoints:
        yield from _ids(("endpoints", endpoint.id))
        yield from _needed(("endpoints", endpoint.channel))
        if not _one_address(endpoint):
            yield Why.ADDRESS_UNSAFE, "endpoints"


def _one_address(endpoint: Endpoint) -> bool:
    """Whether it reaches one recipient and shows which. Channels have names of their own, so what
    looks like mail or a web address is checked as that, whatever its channel is called."""
    address = endpoint.address
    if not address.strip() or _HIDDEN.search(address) or "\n" in address:
        return False
    looks_like = "webhook" if "://" in address else "email" if "@" in address else endpoint.channel
    check = _ADDRESS_OF.get(looks_like)
    if check is None:
        return not _NOT_IN_AN_ADDRESS.search(address)
    try:
        check(address)
    except ValueError:
        return False
    return True


def _ids(*ids: tuple[str, str]) -> Iterator[Wrong]:
    yield from _needed(*ids)
    for column, id in ids:
        if len(id) > ID_AT_MOST:
            yield Why.TOO_LONG, column
        if _BLANK.search(id):
            yield Why.NOT_AN_IDENTIFIER, column


def _needed(*texts: tuple[str, str]) -> Iterator[Wrong]:
    for column, text in texts:
        if not text.strip():
            yield Why.FIELD_MISSING, column
        yield from _texts(column, (text,))


def _texts(column: str, texts: Iterable[str]) -> Iterator[Wrong]:
    for text in texts:
        if not text or _PLAIN.fullmatch(text):
            continue  # nearly every text there is: one look instead of four
        if _FORMULA.match(text.strip(" ")) and not _NUMBER.fullmatch(text):
            yield Why.FORMULA, column
        if _HIDDEN.search(text):
            yield Why.CONTROL_CHARACTER, column
        if len(text) > TEXT_AT_MOST:
            yield Why.TOO_LONG, column
