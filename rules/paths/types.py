"""Whether the tests of a path can be true at all: values of one domain, compared as it allows."""

import difflib
from collections.abc import Iterator

from rules.paths.tree import (
    Any,
    Compare,
    Covers,
    Every,
    Flag,
    Has,
    ListOf,
    Name,
    Not,
    Number,
    Term,
    Test,
    Text,
)
from rules.paths.words import ATTRIBUTES, VALUES, Attribute, Domain, known

Finding = tuple[int, str, str]
"""Where (offset), what is wrong, and what to do."""


def names_in(test: Test) -> Iterator[Name]:
    """Every name a test looks at."""
    match test:
        case Every() | Any():
            for each in test.tests:
                yield from names_in(each)
        case Not():
            yield from names_in(test.test)
        case Flag() | Has():
            yield test.name
        case Covers():
            yield test.places
            if test.sector:
                yield test.sector
        case Compare():
            for term in (test.left, test.right):
                if isinstance(term, Name):
                    yield term


def check_test(test: Test) -> Iterator[Finding]:
    """Everything that is wrong with it."""
    match test:
        case Every() | Any():
            for each in test.tests:
                yield from check_test(each)
            return
        case Not():
            yield from check_test(test.test)
            return
        case _:
            unknown = [finding for name in names_in(test) for finding in _unknown(name)]
            yield from unknown or _simple(test)


def _simple(test: Test) -> Iterator[Finding]:
    match test:
        case Flag() if ATTRIBUTES[test.name.path].domain is not Domain.FLAG:
            yield (
                test.name.at,
                f"{test.name.path} is not true or false by itself.",
                "Compare it with something.",
            )
        case Covers():
            yield from _covers(test)
        case Compare():
            yield from _compare(test)
        case _:
            return


def _unknown(name: Name) -> Iterator[Finding]:
    if name.path not in ATTRIBUTES:
        near = difflib.get_close_matches(name.path, ATTRIBUTES, n=1, cutoff=0.6)
        remedy = f"Did you mean {near[0]}?" if near else "The reference lists what tests look at."
        yield name.at, f"There is no attribute {name.path}.", remedy


def _covers(test: Covers) -> Iterator[Finding]:
    for name, domain, example in (
        (test.places, Domain.COUNTRY, "event.country"),
        (test.sector, Domain.SECTOR, "event.sector"),
    ):
        if name is not None:
            found = ATTRIBUTES[name.path]
            if found.domain is not domain or found.of != "event":
                yield (
                    name.at,
                    f"{name.path} is not {domain} of the event.",
                    f"Write for example {example}.",
                )


def _compare(test: Compare) -> Iterator[Finding]:
    left, right = test.left, test.right
    names = [term for term in (left, right) if isinstance(term, Name)]
    if not names:
        yield test.at, "Nothing is looked at here.", 'Compare a name with it: kind == "msi".'
        return
    about = ATTRIBUTES[names[0].path]
    domain = about.domain
    if domain is Domain.FLAG:
        yield names[0].at, f"{names[0].path} is true or false.", "Let it stand alone, or after !."
    elif len(names) == 2 and ATTRIBUTES[names[1].path].domain is not domain:
        other = ATTRIBUTES[names[1].path].domain
        yield test.at, f"{domain.capitalize()} is never {other}.", "Compare alike with alike."
    elif test.op == "in":
        yield from _in(test, domain)
    elif isinstance(left, ListOf) or isinstance(right, ListOf):
        yield test.at, f"{test.op} does not look into a list.", "Use in."
    elif test.op not in ("==", "!=") and not domain.ordered:
        yield test.at, f"{domain.capitalize()} is not more or less than another.", "Use == or in."
    for term in (left, right):
        yield from _literal(term, names[0].path, about)


def _in(test: Compare, domain: Domain) -> Iterator[Finding]:
    whole = test.right
    many = isinstance(whole, ListOf) or (isinstance(whole, Name) and ATTRIBUTES[whole.path].many)
    if not many:
        yield test.at, "in looks into a list.", 'Write for example state in ["QM", "QN"].'
    elif isinstance(test.left, ListOf):
        yield test.at, "A list is not in a list.", "Use == to see whether they share something."
    elif domain.ordered:
        yield test.at, f"{domain.capitalize()} is not looked up in a list.", "Use <= or >=."


def _literal(term: Term, name: str, about: Attribute) -> Iterator[Finding]:
    domain = about.domain
    match term:
        case ListOf(items=items):
            for item in items:
                yield from _literal(item, name, about)
        case Text(value=value, at=at):
            if domain.ordered:
                yield at, f"{name} is {domain}, not a text.", "Write it without quotes."
            elif not known(domain, value):
                yield at, f"{value!r} is not {domain}.", _allowed(domain)
        case Number(at=at):
            yield from _number(term, name, domain)
        case _:
            return


def _number(number: Number, name: str, domain: Domain) -> Iterator[Finding]:
    if not domain.ordered:
        yield number.at, f"{name} is {domain}, not a number.", "Put it in quotes."
    elif domain is Domain.NUMBER and (number.per_cent or not number.whole):
        yield number.at, f"{name} is a whole number.", f"Write for example {name} <= 2."
    elif domain is Domain.SHARE:
        plain = not number.per_cent
        if plain and (number.value > 1 or (number.whole and number.value)):
            yield number.at, "This may be per cent or not.", "Write a share as 1% or as 0.01."
        elif number.value > 100:
            yield number.at, "Nobody holds more than 100%.", "Write 100% or less."


def _allowed(domain: Domain) -> str:
    if domain is Domain.COUNTRY:
        return "Use an ISO 3166-1 alpha-2 code in capitals."
    return f"Use one of: {', '.join(sorted(VALUES[domain]))}."
