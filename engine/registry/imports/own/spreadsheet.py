"""The files an organisation keeps itself: `parties.csv`, `links.csv`, `contacts.csv`.

Columns are documented in `docs/reference/registry.md`, in any order; several values in one cell
have ` | ` between them. A column that is not known is refused as well: a misspelt `valid_until`
would be a link without an end.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from engine.registry.imports import cells, delimited
from engine.registry.imports.cells import CellError, Reader
from engine.registry.imports.countries import CountryColumn, state_party
from engine.registry.imports.delimited import Row
from engine.registry.imports.own.columns import CONTACT, LINK, PARTY
from engine.registry.rows import (
    Fate,
    FileRefusedError,
    Format,
    RowRead,
    Setting,
    SourceFile,
    Why,
)
from schemas.codes.countries import is_country
from schemas.contact import Contact, Endpoint
from schemas.link import Link, LinkStatus
from schemas.party import Party

SOURCE = "own"
"""Of records whose file names no other source."""
SEPARATORS = ",;\t"
"""What spreadsheets write as CSV, depending on the country of their user."""

_NEEDED_PARTY = ("id", "kind", "name")
_NEEDED_LINK = ("kind", "a", "b")
_NEEDED_CONTACT = ("id", "party", "label", "level", "endpoints")


def read_parties(file: SourceFile, setting: Setting) -> Iterator[RowRead]:
    """Parties, one a row."""
    countries = CountryColumn(setting)
    readers = {
        **PARTY,
        "state": _country(countries),
        "located": _country(countries),
        "regions": cells.several(_country(countries)),
        "ganhri": _ganhri,
    }

    def party(line: int, read: dict[str, Any]) -> RowRead:
        return RowRead(
            line=line, fate=Fate.IMPORTED, parties=(Party(**{"source": SOURCE, **read}),)
        )

    return _read(file, readers=readers, needed=_NEEDED_PARTY, turn=party, brings="id")


def read_links(file: SourceFile, setting: Setting) -> Iterator[RowRead]:
    """Links, one a row. Without a status they are unverified, unless somebody stands for all."""
    status = LinkStatus.VERIFIED if setting.verified_by else LinkStatus.UNVERIFIED

    def link(line: int, read: dict[str, Any]) -> RowRead:
        source = read.setdefault("source", SOURCE)
        of = "-".join(source.split())
        read.setdefault("id", f"{of}:{read['a']}:{read['kind']}:{read['b']}")
        read.setdefault("status", status)
        if read["status"] is LinkStatus.VERIFIED and setting.verified_by:
            read.setdefault("verified_by", setting.verified_by)
        if setting.as_of is not None:
            read.setdefault("as_of", setting.as_of)
        link = Link(**read)
        return RowRead(line=line, fate=Fate.IMPORTED, parties=_states(link), links=(link,))

    return _read(file, readers=LINK, needed=_NEEDED_LINK, turn=link)


def read_contacts(file: SourceFile, setting: Setting) -> Iterator[RowRead]:
    """Contacts, one a row, with endpoints as `channel:address`."""

    def contact(line: int, read: dict[str, Any]) -> RowRead:
        read["endpoints"] = tuple(_endpoints(read["id"], read["endpoints"]))
        return RowRead(
            line=line, fate=Fate.IMPORTED, contacts=(Contact(**{"source": SOURCE, **read}),)
        )

    return _read(file, readers=CONTACT, needed=_NEEDED_CONTACT, turn=contact)


def _read(
    file: SourceFile,
    *,
    readers: Mapping[str, Reader],
    needed: tuple[str, ...],
    turn: Callable[[int, dict[str, Any]], RowRead],
    brings: str = "",
) -> Iterator[RowRead]:
    """`brings`: the column that names the party each row brings."""
    optional = tuple(column for column in readers if column not in needed)
    rows = delimited.read(file, needed=needed, optional=optional, separators=SEPARATORS)
    strange = delimited.columns(file, separators=SEPARATORS) - readers.keys()
    if strange:
        raise FileRefusedError(
            f"{file.name}:1: {len(strange)} of its columns are none of this format. "
            "Remove or rename them; docs/reference/registry.md lists those there are."
        )
    return (
        row if isinstance(row, RowRead) else _row(row, readers, needed, turn, brings)
        for row in rows
    )


def _row(
    row: Row,
    readers: Mapping[str, Reader],
    needed: tuple[str, ...],
    turn: Callable[[int, dict[str, Any]], RowRead],
    brings: str,
) -> RowRead:
    read: dict[str, Any] = {}
    for column, reader in readers.items():
        cell = row[column]
        why: Why | None = None if cell or column not in needed else Why.FIELD_MISSING
        if cell:
            try:
                read[column] = reader(cell)
                continue
            except CellError as error:
                why = error.why
        if why is not None:
            doubtful = why is Why.COUNTRY_DOUBTFUL
            fate = Fate.AMBIGUOUS if doubtful else Fate.REFUSED
            about = (read[brings],) if brings in read else ()
            return RowRead(line=row.line, fate=fate, why=why, column=column, left_out=about)
    try:
        return turn(row.line, read)
    except CellError as error:
        return RowRead(line=row.line, fate=Fate.REFUSED, why=error.why, column="endpoints")


def _states(link: Link) -> tuple[Party, ...]:
    """States need no row of their own: `state:QM` says all there is."""
    codes = (id.removeprefix("state:") for id in (link.a, link.b) if id.startswith("state:"))
    return tuple(state_party(code) for code in codes if is_country(code))


def _country(countries: CountryColumn) -> Reader:
    """A code or a name; a party whose state is in doubt is left out until somebody decides;
    links that name it are taken, and exclude."""

    def read(cell: str) -> str:
        found = countries.code(cell) if len(cell) == 2 else countries.word(cell)
        if found.code is None:
            raise CellError(found.why or Why.COUNTRY_DOUBTFUL)
        return found.code

    return read


def _ganhri(cell: str) -> str:
    if cell not in ("A", "B"):
        raise CellError(Why.NOT_KNOWN)
    return cell


def _endpoints(contact: str, cells: tuple[str, ...]) -> Iterator[Endpoint]:
    numbers: Counter[str] = Counter()
    for cell in cells:
        channel, colon, address = (part.strip() for part in cell.partition(":"))
        if not colon or not channel or not address:
            raise CellError(Why.ADDRESS_UNSAFE)
        numbers[channel] += 1
        number = f"-{numbers[channel]}" if numbers[channel] > 1 else ""
        yield Endpoint(id=f"{contact}-{channel}{number}", channel=channel, address=address)


def _has(*needed: str) -> Callable[[SourceFile], bool]:
    return lambda file: delimited.columns(file, separators=SEPARATORS).issuperset(needed)


PARTIES = Format(
    name="parties",
    title="Your own parties (parties.csv)",
    source=SOURCE,
    read=read_parties,
    recognises=_has(*_NEEDED_PARTY),
)
LINKS = Format(
    name="links",
    title="Your own links (links.csv)",
    source=SOURCE,
    read=read_links,
    recognises=_has(*_NEEDED_LINK),
)
CONTACTS = Format(
    name="contacts",
    title="Your own contacts (contacts.csv)",
    source=SOURCE,
    read=read_contacts,
    recognises=_has(*_NEEDED_CONTACT),
)
