"""Mail houses: whose domain an address lies in. Pure.

Whoever runs a domain can read the mail that goes there, whomever it is addressed to.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator

from schemas.contact import Contact
from schemas.party import Party

PUBLIC_PROVIDERS = frozenset(
    "gmail.com googlemail.com outlook.com hotmail.com live.com yahoo.com icloud.com gmx.net gmx.de "
    "proton.me protonmail.com tutanota.com mail.ru yandex.ru qq.com 163.com riseup.net".split()
)
"""Mail houses open to everybody: to share one says nothing."""
SITE_WORDS = frozenset({"website", "homepage", "domain"})
"""Under which `Party.details` and `Party.identifiers` name a party's own site."""
_HOST = re.compile(r"(?:https?://|@)(?:www\.)?([^\s/:?#@<>,;\"]+)", re.IGNORECASE)
_BARE = re.compile(r"(?:www\.)?((?:[\w-]+\.)+[\w-]+)", re.IGNORECASE)


class Houses:
    """The domains of all parties: of their contacts' mail, and of the sites their fields name."""

    def __init__(self, parties: Iterable[Party], contacts: Iterable[Contact]) -> None:
        owners: defaultdict[str, set[str]] = defaultdict(set)
        for party in parties:
            for domain in _of_fields(party):
                owners[domain].add(party.id)
        for contact in contacts:
            for domain in mail_domains(contact):
                owners[domain].add(contact.party)
        self._owners = dict(owners)

    def others(self, contact: Contact) -> tuple[str, ...]:
        """Who else has a domain that an address of this contact lies in, or below; sorted."""
        found: set[str] = set()
        for domain in mail_domains(contact):
            for above in _and_above(domain):
                found |= self._owners.get(above, set())
        return tuple(sorted(found - {contact.party}))


def mail_domains(contact: Contact) -> frozenset[str]:
    """Those of its addresses, without the houses that are open to everybody."""
    return frozenset(
        domain
        for end in contact.endpoints
        if "@" in end.address and (domain := _plain(end.address.rpartition("@")[2]))
    )


def _of_fields(party: Party) -> Iterator[str]:
    for text in (party.policy, party.complaints):
        yield from filter(None, map(_plain, _HOST.findall(text)))
    sites = (*party.details, *(tuple(each.partition(":")[::2]) for each in party.identifiers))
    for word, value in sites:
        if word.casefold() in SITE_WORDS:
            hosts = _HOST.findall(value) or _BARE.findall(value)[:1]
            yield from filter(None, map(_plain, hosts))


def _plain(domain: str) -> str:
    """As it is compared; empty of what says nothing of whose it is."""
    plain = domain.strip().rstrip(".").casefold()
    return "" if "." not in plain or plain in PUBLIC_PROVIDERS else plain


def _and_above(domain: str) -> Iterator[str]:
    """The domain and each that it is part of, less the last label: that is a register's."""
    while "." in domain:
        yield domain
        domain = domain.partition(".")[2]
