"""Registry and roster files: YAML or JSON, read with every mistake at once, each where it stands.

A file may hold `parties`, `links`, `contacts` and parts of a roster, any of them; several files
together make one import.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import ConfigDict, TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass as checked

from engine.registry.checks import Wrong, of_contact, of_link, of_party
from engine.registry.imports.said import said
from engine.registry.roster_file import (
    HOLDS_ROSTER,
    NAMED,
    RosterPart,
    Warned,
    joined,
    mistaken,
    warned,
)
from rules.source import Source, read
from schemas.contact import Contact
from schemas.link import Link
from schemas.party import Party
from schemas.roster import Roster

PROBLEMS_AT_MOST = 200


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Mistake:
    """One thing that is wrong in a file; lines count from 1."""

    file: str
    line: int
    column: int
    what: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}: {self.what}"


class ImportRefused(ValueError):
    """Nothing was taken. Lists every mistake of every file."""

    def __init__(self, mistakes: tuple[Mistake, ...]) -> None:
        super().__init__("\n".join(str(each) for each in mistakes[:PROBLEMS_AT_MOST]))
        self.mistakes = mistakes


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What files say. `roster` is None when none of them holds one."""

    parties: tuple[Party, ...]
    links: tuple[Link, ...]
    contacts: tuple[Contact, ...]
    roster: Roster | None


@checked(config=ConfigDict(extra="forbid", hide_input_in_errors=True), frozen=True, kw_only=True)
class File(RosterPart):
    """What one file may hold."""

    parties: tuple[Party, ...] = ()
    links: tuple[Link, ...] = ()
    contacts: tuple[Contact, ...] = ()


_FILE: TypeAdapter[File] = TypeAdapter(File)


def read_files(texts: Mapping[str, str]) -> Imported:
    """Read texts by file name. Raises ImportRefused."""
    mistakes: list[Mistake] = []
    read_ones: dict[str, tuple[Source, File]] = {}
    for name, text in texts.items():
        source, file, found = parse(name, text)
        if file is not None:
            read_ones[name] = (source, file)
            found += _unsound(name, source, file)
        mistakes += found
    mistakes += _across(read_ones)
    if mistakes:
        raise ImportRefused(tuple(sorted(mistakes)))
    files = [file for _, file in read_ones.values()]
    return Imported(
        parties=tuple(each for file in files for each in file.parties),
        links=tuple(each for file in files for each in file.links),
        contacts=tuple(each for file in files for each in file.contacts),
        roster=joined(files),
    )


def warnings(
    texts: Mapping[str, str], *, now: datetime, zone: str, ways: Callable[[str], bool]
) -> tuple[Warned, ...]:
    """What a person should look at in the roster of files that `read_files` takes."""
    read_ones: dict[str, tuple[Source, File]] = {}
    for name, text in texts.items():
        if not HOLDS_ROSTER.search(text):
            continue  # a registry may be long, and was read once already
        source, file, _ = parse(name, text)
        if file is not None:
            read_ones[name] = (source, file)
    return warned(read_ones, now=now, zone=zone, ways=ways) if read_ones else ()


def parse(name: str, text: str) -> tuple[Source, File | None, list[Mistake]]:
    """What one file says and where, or every mistake of its form."""
    source = read(text)
    if source.problems:
        return (
            source,
            None,
            [
                Mistake(file=name, line=p.line, column=p.column, what=f"{p.message} {p.remedy}")
                for p in source.problems
            ],
        )
    try:
        return source, _FILE.validate_python(source.data), []
    except ValidationError as error:
        found = error.errors(include_url=False)
        return source, None, [_shape(name, source, each) for each in found]


def record(part: str, data: object) -> Party | Link | Contact:
    """One record of a file as it stands there, by what a file may hold.

    Raises pydantic.ValidationError, whose places begin with the part and a number.
    """
    found: tuple[Party | Link | Contact, ...] = getattr(_FILE.validate_python({part: [data]}), part)
    return found[0]


def _unsound(name: str, source: Source, file: File) -> Iterator[Mistake]:
    """Records that are traps, or cannot be true."""
    parts: tuple[tuple[str, Iterable[Iterable[Wrong]]], ...] = (
        ("parties", map(of_party, file.parties)),
        ("links", map(of_link, file.links)),
        ("contacts", map(of_contact, file.contacts)),
    )
    for part, records in parts:
        for index, wrongs in enumerate(records):
            for why, field in wrongs:
                line, column = source.place((part, index, field))
                what = f"{part}.{index}.{field}: {said(why)}"
                yield Mistake(file=name, line=line, column=column, what=what)


def _shape(name: str, source: Source, error: Any) -> Mistake:
    path = tuple(error["loc"])
    line, column = source.key_place(path)
    words = str(error["msg"]).removeprefix("Value error, ")
    what = f"{'.'.join(map(str, path)) or 'the file'}: {words}"
    if error["type"] in ("unexpected_keyword_argument", "extra_forbidden"):
        what = f"{'.'.join(map(str, path))}: this key is not known here; correct or remove it"
    elif error["type"] == "timezone_aware":
        what = f"{'.'.join(map(str, path))}: add its offset: 2027-03-02T12:00+01:00"
    elif error["type"].startswith("missing"):
        line, column = source.place(path[:-1])
        what = f"{'.'.join(map(str, path))}: is missing; add it"
    return Mistake(file=name, line=line, column=column, what=what)


def _across(read_ones: Mapping[str, tuple[Source, File]]) -> Iterator[Mistake]:
    """What no file shows alone: ids that come twice, and names that nobody has."""
    files = [file for _, file in read_ones.values()]
    parties = {each.id for file in files for each in file.parties}
    endpoints = {
        f"{end.channel}:{end.id}"
        for file in files
        for contact in file.contacts
        for end in contact.endpoints
    }
    seen: set[tuple[str, str]] = set()
    for name, (source, file) in read_ones.items():
        for at, what in (
            *_twice(file, seen),
            *_strangers(file, parties=parties, endpoints=endpoints),
            *mistaken(file, among=files),
        ):
            line, column = source.place(at)
            yield Mistake(file=name, line=line, column=column, what=what)


def _twice(file: File, seen: set[tuple[str, str]]) -> Iterator[tuple[tuple[str | int, ...], str]]:
    kinds: tuple[tuple[str, tuple[Any, ...]], ...] = (
        ("parties", file.parties),
        ("links", file.links),
        ("contacts", file.contacts),
        *((name, getattr(file, name)) for name in NAMED),
    )
    for kind, records in kinds:
        for index, record in enumerate(records):
            if (kind, record.id) in seen:
                yield (kind, index, "id"), f"the id {record.id!r} comes twice; rename or merge one"
            seen.add((kind, record.id))
    for index, contact in enumerate(file.contacts):
        for number, end in enumerate(contact.endpoints):
            if ("endpoint", end.id) in seen:
                at = ("contacts", index, "endpoints", number, "id")
                yield at, f"the endpoint id {end.id!r} comes twice; rename one"
            seen.add(("endpoint", end.id))


def _strangers(
    file: File, *, parties: set[str], endpoints: set[str]
) -> Iterator[tuple[tuple[str | int, ...], str]]:
    for index, contact in enumerate(file.contacts):
        if contact.party not in parties:
            at = ("contacts", index, "party")
            yield at, f"the party {contact.party!r} is not here; add it or correct the id"
    ours = [(("people", index), person) for index, person in enumerate(file.people)]
    if file.floor is not None:
        ours.append((("floor",), file.floor))  # type: ignore[arg-type]  # a shorter path
    for where, person in ours:
        if not person.endpoints:
            yield (*where, "endpoints"), f"{person.id} cannot be reached; name an endpoint"
        for number, end in enumerate(person.endpoints):
            if endpoints and end not in endpoints:
                yield (
                    (*where, "endpoints", number),
                    f"the endpoint {end!r} is of no contact; write it as channel:endpoint id",
                )
