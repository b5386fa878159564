"""BODS 0.4 and 0.3 (Beneficial Ownership Data Standard): entities, persons, who has what interest.

Of a natural person nothing is kept but that there is one: an id made of the source's id, so that
their firms are excluded together. No name, no day of birth, no nationality, no political exposure.

A relationship does not say whether a firm or a person stands at its end, and may name what another
file describes. So everything has an id made of its record's id; an entity with an LEI or a
register's number is known by that, and `same_as` ties the two together.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from engine.registry.imports import documents
from engine.registry.imports.countries import CountryColumn
from engine.registry.imports.fields import NotTakenError, each
from engine.registry.imports.natural import natural_id
from engine.registry.imports.ownership import interests
from engine.registry.imports.ownership.bods_parties import describe, record_id, same_as
from engine.registry.imports.ownership.bods_statements import (
    KEYS,
    SOURCE,
    STARTS,
    Kind,
    Statement,
    statement,
)
from engine.registry.imports.ownership.interests import Interest
from engine.registry.imports.ownership.state_owned import state_owned
from engine.registry.imports.ownership.states import State, rows, settle
from engine.registry.rows import Fate, Format, RowRead, Setting, SourceFile, Why
from schemas.link import Link, LinkStatus

_REGISTER = "register (BODS)"
"""Who stands for what came out of an official register; which one may be a person's name."""
_Record = tuple[RowRead, State | None]
_Doubt = tuple[Why, str] | None


@dataclass(slots=True)
class _Ids:
    """What the file calls its records, in ids of ours."""

    ids: dict[str, str] = field(default_factory=dict)
    arrangements: set[str] = field(default_factory=set)

    def of(self, record: str) -> str:
        return self.ids.get(record) or record_id(record)


def read(file: SourceFile, setting: Setting) -> Iterator[RowRead]:
    """Each statement once, with what became of its record (`ownership.states`)."""
    statements: list[Statement | RowRead] = []
    for found in documents.read(file, starts=STARTS, known=KEYS):
        if isinstance(found, RowRead):
            statements.append(found)
            continue
        try:
            statements.append(statement(found.data, found.number, today=setting.today))
        except NotTakenError as error:
            statements.append(error.row(found.number))
    countries, ids = CountryColumn(setting), _Ids()
    described = {
        said.number: _described(said, countries, ids)
        for said in statements
        if isinstance(said, Statement) and said.kind is not Kind.RELATIONSHIP
    }
    records = [
        (said, None)
        if isinstance(said, RowRead)
        else described.get(said.number) or _relationship(said, ids, setting)
        for said in statements
    ]
    settled = settle([state for _, state in records if state is not None])
    marked = state_owned(settled.parties, settled.links)
    return rows(records, replace(settled, parties=marked))


def _described(said: Statement, countries: CountryColumn, ids: _Ids) -> _Record:
    found = describe(said, countries)
    ids.ids[said.record] = found.party.id
    if said.entity_type == "arrangement":
        ids.arrangements.add(said.record)
    state = State(
        record=f"{said.kind.value}:{said.record}",
        at=said.at,
        step=said.step,
        parties=(found.party,),
        links=same_as(said, found),
    )
    return _row(said.number, found.doubt), state


def _relationship(said: Statement, ids: _Ids, setting: Setting) -> _Record:
    """Who has an interest in whom. What it is that is not said may be control."""
    slot = _slot(said.record)
    state = State(
        record=f"{said.kind.value}:{said.record}",
        at=said.at,
        step=said.step,
        slot=slot,
        replaces=tuple(_slot(record) for record in said.replaces),
    )
    if not said.subject or not said.holder:
        end = "interestedParty" if said.subject else "subject"
        return _row(said.number, (Why.CONTROL_UNKNOWN, end)), state
    a, b = ids.of(said.holder), ids.of(said.subject)
    if a == b:
        return NotTakenError(Why.LINKED_TO_ITSELF, "interestedParty").row(said.number), None
    arrangement = said.holder in ids.arrangements
    held = [interests.read(one, arrangement=arrangement) for one in each(said.details, "interests")]
    held = held or [interests.read({}, arrangement=arrangement)]
    doubt = next(((one.doubt, "interests") for one in held if one.doubt), None)
    ends = natural_id("", said.holder, said.subject)
    links = tuple(
        replace(
            _link(said, interest, setting),
            id=f"{slot}{kind.value}{ends}",
            a=a,
            b=b,
            as_of=state.day,
        )
        for kind, interest in interests.strongest(held).items()
    )
    return _row(said.number, doubt), replace(state, links=links)


def _link(said: Statement, interest: Interest, setting: Setting) -> Link:
    status, by = LinkStatus.UNVERIFIED, ""
    if interest.sure and (said.official or setting.verified_by):
        status, by = LinkStatus.VERIFIED, setting.verified_by or _REGISTER
    if said.closed and interest.until is None:
        status, by = LinkStatus.LAPSED, ""
    return Link(
        id="",
        kind=interest.kind,
        a="",
        b="",
        status=status,
        source=SOURCE,
        valid_from=interest.since,
        valid_until=interest.until,
        share=interest.share,
        evidence=interest.what,
        verified_by=by,
        verified_at=said.at if by else None,
    )


def _slot(record: str) -> str:
    return f"{natural_id(SOURCE, record)}:has:"


def _row(number: int, doubt: _Doubt) -> RowRead:
    if doubt is None:
        return RowRead(line=number, fate=Fate.IMPORTED)
    return RowRead(line=number, fate=Fate.AMBIGUOUS, why=doubt[0], column=doubt[1])


def _recognises(file: SourceFile) -> bool:
    keys = documents.first_keys(file)
    return "recordType" in keys or "statementType" in keys


BODS = Format(
    name="bods",
    title="Beneficial ownership statements (BODS 0.4 and 0.3)",
    source=SOURCE,
    read=read,
    recognises=_recognises,
)
