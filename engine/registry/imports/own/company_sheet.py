"""A sheet of companies as a desk keeps it: who owns, buys from and finances them, where they work.

One row is one company. Names refer to each other: a parent or buyer that has a row of its own, or
is somebody's other name there, is that company; any other becomes a party by its name alone. A
company without a parent names itself as its parent, since an empty cell only says that nobody
knows; so does a text in brackets.
"""

from collections import defaultdict
from collections.abc import Iterator
from types import MappingProxyType

from engine.registry.imports import delimited
from engine.registry.imports.countries import CountryColumn
from engine.registry.imports.delimited import Row
from engine.registry.imports.natural import natural_id, one_line, unfit
from engine.registry.names.keys import NameKeys, load_name_keys
from engine.registry.names.text import plain
from engine.registry.rows import Fate, Format, RowRead, Setting, SourceFile, Why
from schemas.link import Link, LinkKind, LinkStatus
from schemas.party import Ownership, Party, PartyKind

SOURCE = "company-sheet"

_NAME, _PARENT, _HOME, _HOST = "company", "parent", "parent_home_iso2", "host_iso2"
_AKA, _SECTOR, _OWNERSHIP, _SITES = "aka", "sector", "ownership_kind", "sites"
_TRADE, _MSI = "buyers_or_financiers", "msi_membership"
_NEEDED = (_NAME, _PARENT, _HOME, _HOST)
_OPTIONAL = (_AKA, _SECTOR, _OWNERSHIP, _SITES, _TRADE, _MSI)

_OWNERSHIPS = MappingProxyType(
    {
        "": None,
        "listed": Ownership.LISTED,
        "private": Ownership.PRIVATE,
        "family": Ownership.FAMILY,
        "sme": Ownership.SME,
        "jv": Ownership.JOINT_VENTURE,
        "joint venture": Ownership.JOINT_VENTURE,
        "state": Ownership.STATE_OWNED,
        "state owned": Ownership.STATE_OWNED,
    }
)
_NOBODY = frozenset({"", "na", "none", "unknown", "not known"})
_BANK = frozenset({"bank", "banco", "banque", "banca"})


def read(file: SourceFile, setting: Setting) -> Iterator[RowRead]:
    """Every company of the sheet. Raises FileRefusedError."""
    rows = list(delimited.read(file, needed=_NEEDED, optional=_OPTIONAL))
    sheet = _Sheet((row for row in rows if isinstance(row, Row)), setting)
    return (row if isinstance(row, RowRead) else sheet.read(row) for row in rows)


class _Sheet:
    """All rows of one sheet: what its names mean depends on each other row, not on their order."""

    def __init__(self, rows: Iterator[Row], setting: Setting) -> None:
        self._keys: NameKeys = load_name_keys()
        self._setting = setting
        self._countries = CountryColumn(setting)
        self._first: dict[str, Row] = {}
        """By its key; a later row of the same company that says something else is refused."""
        for row in rows:
            if self._refusal(row) is None:
                self._first.setdefault(self._key(row[_NAME]), row)
        self._bearers: defaultdict[str, set[str]] = defaultdict(set)
        self._spelled: defaultdict[str, set[str]] = defaultdict(set)
        self._homes: defaultdict[str, set[str]] = defaultdict(set)
        for company, row in self._first.items():
            for name in self._own_names(row):
                self._bearers[name].add(company)
            for name in (*_names(row[_PARENT]), *_names(row[_TRADE])):
                self._spelled[self._key(name)].add(name)
            for name in _names(row[_PARENT]):
                home = self._countries.code(row[_HOME]).code
                self._homes[self._key(name)] |= {home} if home else set()

    def read(self, row: Row) -> RowRead:
        """The company of this row, and everybody it is linked to."""
        refusal = self._refusal(row)
        if refusal is not None:
            return RowRead(line=row.line, fate=Fate.REFUSED, why=refusal[0], column=refusal[1])
        company = self._company(row)
        linked = list(self._linked(row, company))
        doubt = next(self._doubts(row), None)
        return RowRead(
            line=row.line,
            fate=Fate.AMBIGUOUS if doubt else Fate.IMPORTED,
            why=doubt[0] if doubt else None,
            column=doubt[1] if doubt else "",
            parties=(company, *dict.fromkeys(party for party, _ in linked)),
            links=tuple(dict.fromkeys(link for _, link in linked)),
        )

    def _refusal(self, row: Row) -> tuple[Why, str] | None:
        if not row[_NAME]:
            return Why.FIELD_MISSING, _NAME
        if not _names(row[_NAME]) or not self._key(row[_NAME]):
            return Why.PLACEHOLDER, _NAME
        if plain(row[_OWNERSHIP]) not in _OWNERSHIPS:
            return Why.NOT_KNOWN, _OWNERSHIP
        for column in (_NAME, _AKA, _PARENT, _TRADE):
            if why := unfit(*_names(row[column])):
                return why, column
        return None

    def _doubts(self, row: Row) -> Iterator[tuple[Why, str]]:
        for column in (_HOME, _HOST):
            if self._countries.code(row[column]).why is Why.COUNTRY_DOUBTFUL:
                yield Why.COUNTRY_DOUBTFUL, column
        parents = _names(row[_PARENT])
        if not parents:
            yield Why.CONTROL_UNKNOWN, _PARENT
        if _ownership(row) is Ownership.JOINT_VENTURE and len(parents) < 2:
            yield Why.CONTROL_UNKNOWN, _OWNERSHIP  # a venture of one names the others not
        for column in (_PARENT, _TRADE):
            for name in _names(row[column]):
                if len(self._bearers[self._key(name)]) > 1 and not self._itself(row, name):
                    yield Why.SAME_NAME, column
        if any(len(self._homes[self._key(name)]) > 1 for name in parents):
            yield Why.COUNTRY_DOUBTFUL, _HOME

    def _company(self, row: Row) -> Party:
        """Its seat is where it works, unless it is its own head."""
        home, host = (self._countries.code(row[column]).code for column in (_HOME, _HOST))
        head = any(self._itself(row, name) for name in _names(row[_PARENT]))
        seat = (home if head else None) or host
        unnamed = row[_PARENT] if row[_PARENT] and not _names(row[_PARENT]) else ""
        return Party(
            id=natural_id(SOURCE, self._key(row[_NAME])),
            kind=PartyKind.COMPANY,
            name=one_line(row[_NAME]),
            aliases=_names(row[_AKA]),
            state=seat,
            located=host if host != seat else None,
            ownership=_ownership(row),
            sectors=_names(row[_SECTOR]),
            source=SOURCE,
            details=(("parent", one_line(unnamed)),) if unnamed else (),
        )

    def _linked(self, row: Row, company: Party) -> Iterator[tuple[Party, Link]]:
        for name in _names(row[_PARENT]):
            if not self._itself(row, name):
                parent = self._named(name)
                yield parent, self._link(LinkKind.PARENT_OF, parent, company)
        for name in _names(row[_TRADE]):
            other = self._named(name)
            kind = LinkKind.FINANCES if other.kind is PartyKind.BANK else LinkKind.BUYS_FROM
            yield other, self._link(kind, other, company)
        for name in _names(row[_SITES]):
            site = Party(
                id=natural_id(SOURCE, "site", company.id, plain(name)),
                kind=PartyKind.SITE,
                name=name,
                state=self._countries.code(row[_HOST]).code,
                source=SOURCE,
            )
            yield site, self._link(LinkKind.OPERATES, company, site)
        for name in _names(row[_MSI]):
            msi = Party(
                id=natural_id(SOURCE, "msi", plain(name)),
                kind=PartyKind.MSI,
                name=name,
                source=SOURCE,
            )
            yield msi, self._link(LinkKind.MEMBER_OF, company, msi)

    def _named(self, name: str) -> Party:
        """The company of the sheet that bears this name alone, or one of which no more is known."""
        key = self._key(name)
        bearers = self._bearers[key]
        if len(bearers) == 1:
            return self._company(self._first[next(iter(bearers))])
        bank = not _BANK.isdisjoint(plain(name).split())
        homes = self._homes[key]
        return Party(
            id=natural_id(SOURCE, key),
            kind=PartyKind.BANK if bank else PartyKind.COMPANY,
            name=min(self._spelled[key]),
            state=next(iter(homes)) if len(homes) == 1 else None,
            source=SOURCE,
        )

    def _link(self, kind: LinkKind, a: Party, b: Party) -> Link:
        by = self._setting.verified_by
        return Link(
            id=natural_id(SOURCE, kind, a.id, b.id),
            kind=kind,
            a=a.id,
            b=b.id,
            status=LinkStatus.VERIFIED if by else LinkStatus.UNVERIFIED,
            source=SOURCE,
            as_of=self._setting.as_of,
            verified_by=by,
        )

    def _itself(self, row: Row, name: str) -> bool:
        return self._key(name) in self._own_names(row)

    def _own_names(self, row: Row) -> frozenset[str]:
        return frozenset(self._key(name) for name in (row[_NAME], *_names(row[_AKA])))

    def _key(self, name: str) -> str:
        key = self._keys.of(name)
        return key.exact if key.core else ""


def _names(cell: str) -> tuple[str, ...]:
    """What a cell lists, once each; a text in brackets or a word for nobody is no name."""
    parts = (one_line(part) for part in cell.split("|"))
    named = (each for each in parts if each[:1] != "(" and plain(each) not in _NOBODY)
    return tuple(dict.fromkeys(named))


def _ownership(row: Row) -> Ownership | None:
    return _OWNERSHIPS[plain(row[_OWNERSHIP])]


COMPANY_SHEET = Format(
    name="company-sheet",
    title="A sheet of companies with parents, sites, buyers and memberships",
    source=SOURCE,
    read=read,
    recognises=lambda file: {*_NEEDED} <= delimited.columns(file),
)
