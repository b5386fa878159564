"""The real lists joined by name: how many meet, which of them by chance, and what that leads to.

The notes of the files count with a plain normalisation; ours differs and says where. Nothing here
joins for certain: every number is of candidates that a person decides.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from engine.registry.imports.formats import FORMATS
from engine.registry.imports.trade.supplier_lists import BRAND
from engine.registry.same_names import same_names
from schemas.link import Link, LinkKind, LinkStatus
from schemas.party import Party, PartyKind
from tests.unit.engine.registry.imports.files import setting, shared
from tests.unit.engine.registry.names.shared_data import DATA, needs_data

pytestmark = needs_data

YEARS = (2012, 2018, 2022)
REVIEWED = Path(__file__).parent / "false_matches.tsv"
FOLDERS = (
    "holdings",
    "suppliers/apple_suppliers_2012-2022.csv",
    "suppliers/wikirate_has_brands.csv",
    "suppliers/wikirate_tea_companies.csv",
    "msi",
    "sites",
    "ownership/meip_mne_heads.csv",
)


@dataclass(frozen=True, kw_only=True)
class World:
    """Every list that names companies, as imported, with who may be the same."""

    of_source: dict[str, dict[str, Party]]
    links: dict[str, Link]
    candidates: tuple[Link, ...]
    circle: dict[str, str]
    """Party -> one name for all whom `same_as` joins it with, at any remove."""

    def held(self, year: int) -> list[Party]:
        """What the fund held then."""
        return [
            self.of_source["nbim"][link.b]
            for link in self.links.values()
            if link.kind is LinkKind.INVESTS_IN and link.as_of and link.as_of.year == year
        ]

    def meeting(self, parties: Iterable[str], others: Iterable[str]) -> set[str]:
        """Which of the first may be one of the others."""
        circles = {self.circle.get(id, id) for id in others}
        return {id for id in parties if self.circle.get(id, id) in circles}

    def meets(self, parties: Iterable[str], others: Iterable[str]) -> int:
        """How many of them."""
        return len(self.meeting(parties, others))

    def one(self, source: str, name: str) -> Party:
        """The first party of a list with that name, or with that other name."""
        ours = sorted(self.of_source[source].values(), key=lambda each: each.id)
        called = [each for each in ours if each.name == name]
        return next(iter(called or (each for each in ours if name in each.aliases)))


@cache
def world() -> World:
    of_source: defaultdict[str, dict[str, Party]] = defaultdict(dict)
    links: dict[str, Link] = {}
    for path in sorted(each for folder in FOLDERS for each in _files(folder)):
        file = shared(path)
        (format,) = (each for each in FORMATS.values() if each.recognises(file))
        for row in format.read(file, setting(words={"Korea": "KR"})):
            of_source[format.source].update({each.id: each for each in row.parties})
            links.update({each.id: each for each in row.links})
    parties = [each for ours in of_source.values() for each in ours.values()]
    joined = [each for each in links.values() if each.kind is LinkKind.SAME_AS]
    candidates = same_names(parties, joined=joined)
    return World(
        of_source=dict(of_source),
        links=links,
        candidates=candidates,
        circle=_circles([*joined, *candidates]),
    )


def _files(folder: str) -> list[str]:
    found = [DATA / folder] if folder.endswith(".csv") else (DATA / folder).rglob("*.*")
    return [str(each.relative_to(DATA)) for each in found]


def _circles(links: list[Link]) -> dict[str, str]:
    members: dict[str, set[str]] = {}
    for link in links:
        both = members.get(link.a, {link.a}) | members.get(link.b, {link.b})
        members.update(dict.fromkeys(both, both))
    return {id: min(circle) for id, circle in members.items()}


@cache
def suppliers() -> dict[str, Party]:
    ours = world().of_source["apple"]
    return {
        id: each for id, each in ours.items() if each.kind is PartyKind.COMPANY and id != BRAND.id
    }


def names_of(parties: dict[str, Party]) -> list[str]:
    return [name for each in parties.values() for name in (each.name, *each.aliases)]


def test_supplier_names_that_are_equal_letter_for_letter_are_as_many_as_the_notes_say() -> None:
    for year, equal in zip(YEARS, (89, 81, 74), strict=True):
        held = {each.name for each in world().held(year)}
        assert sum(name in held for name in names_of(suppliers())) == equal


def test_suppliers_that_may_be_held_are_about_as_many_as_the_notes_say() -> None:
    """443, 433 and 407 names there. Ours are other ones in part.

    More: legal forms that the notes do not know (`S.A.` with dots, `KGaA`, `Aktiengesellschaft`),
    and further spellings of a supplier one of whose spellings is held. Fewer: names that are equal
    only without `group` or `holdings`, and line breaks that made two names of one.
    """
    found = {}
    for year in YEARS:
        held = {each.id for each in world().held(year)}
        may_be = {id: suppliers()[id] for id in world().meeting(suppliers(), held)}
        found[year] = (len(may_be), len(names_of(may_be)))

    assert (len(suppliers()), len(names_of(suppliers()))) == (506, 935)
    assert found == {2012: (185, 448), 2018: (185, 436), 2022: (175, 401)}


def test_suppliers_of_a_year_that_may_be_held_in_that_year() -> None:
    """112, 114 and 107 in the notes, of 200, 198 and 188."""
    found = {}
    for year in YEARS:
        bought = {
            link.b
            for link in world().links.values()
            if link.kind is LinkKind.BUYS_FROM and link.as_of and link.as_of.year == year
        }
        held = {each.id for each in world().held(year)}
        found[year] = (len(bought), world().meets(bought, held))

    assert found == {2012: (200, 114), 2018: (198, 118), 2022: (188, 108)}


def test_other_lists_against_the_holdings_of_2022_and_of_any_year() -> None:
    """In the notes, against 2022: 423 of 482 heads, 83 of 215 owners, 7 of 23 participants and 44
    reporting companies, by names without legal forms and without `group` or `holdings`."""
    this = {each.id for each in world().held(2022)}
    ever = {id for id in world().of_source["nbim"]}
    brands = {
        each.a for each in world().links.values() if each.source == "wikirate-brands"
    }  # without the five who own only themselves
    companies = {
        "heads": set(world().of_source["meip"]),
        "owners": brands,
        "participants": {
            id
            for id, each in world().of_source["msi-participants"].items()
            if each.kind is PartyKind.COMPANY
        },
        "reporting": set(world().of_source["eiti"]),
    }

    assert {
        name: (len(ids), world().meets(ids, this), world().meets(ids, ever))
        for name, ids in companies.items()
    } == {
        "heads": (482, 417, 436),
        "owners": (210, 68, 83),
        "participants": (23, 6, 7),
        "reporting": (4_440, 25, 64),
    }


def test_reporting_companies_that_may_be_heads_of_groups() -> None:
    """16, as in the notes."""
    eiti, meip = (set(world().of_source[source]) for source in ("eiti", "meip"))

    assert world().meets(eiti, meip) == 16


def test_no_join_by_name_is_certain_and_none_makes_one_party_of_two() -> None:
    assert len(world().candidates) == 1_661
    for link in world().candidates:
        assert (link.kind, link.status) == (LinkKind.SAME_AS, LinkStatus.UNVERIFIED)
        assert link.verified_by == ""
    seen: dict[str, set[str]] = defaultdict(set)
    for source, ours in world().of_source.items():
        for id in ours:
            seen[id].add(source)
    several = {frozenset(each) for id, each in seen.items() if not id.startswith("state:")}
    assert {each for each in several if len(each) > 1} == {
        frozenset({"wikirate-brands", "wikirate-fashion"}),
        frozenset({"wikirate-brands", "wikirate-tea"}),
        frozenset({"wikirate-brands", "wikirate-fashion", "wikirate-tea"}),
    }, "one party on several lists: by an identifier that they share, never by a name"


def reviewed() -> list[list[str]]:
    lines = REVIEWED.read_text("utf-8").splitlines()
    return [line.split("\t") for line in lines if not line.startswith("#")]


def test_a_match_that_is_false_is_a_candidate_at_most() -> None:
    """The pairs that somebody looked at, beside this file."""
    for source, name, other_source, other_name, meant, _ in reviewed():
        one, other = world().one(source, name), world().one(other_source, other_name)
        assert one.id != other.id, name
        joined = world().meets([one.id], [other.id]) == 1
        assert joined is (meant == "candidate"), name


def test_a_false_match_excludes_across_the_lists_and_brings_nobody_in() -> None:
    """Between the two alone, without the lists that may join them as well."""
    crossings = 0
    for source, name, other_source, other_name, _, _ in reviewed():
        pair = [world().one(source, name), world().one(other_source, other_name)]
        for link in same_names(pair):
            crossings += 1
            assert link.status is LinkStatus.UNVERIFIED
            assert not link.current(date(2022, 6, 1))

    assert crossings == 10
