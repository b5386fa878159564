"""How many of what hangs on whom, measured on public lists: numbers only, no name among them.

    python -m tests.replay_harm.degrees FOLDER > tests/replay_harm/degrees.json

FOLDER holds the development data (`embassies/`, `holdings/`, `sites/`, `suppliers/`, …). The table
is committed, so that a replay needs none of it: for each relation how often each degree occurs.
"""

import csv
import json
import random  # noqa: TID251 (seeded: the same number, the same town)
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path

TABLE = Path(__file__).with_name("degrees.json")
MOST = 40
"""Larger degrees count as this: a town is smaller than the world."""


@cache
def table() -> Mapping[str, tuple[tuple[int, ...], tuple[int, ...]]]:
    """Relation -> (degrees, how often each was met)."""
    read = json.loads(TABLE.read_text("utf-8"))
    return {
        name: (tuple(int(degree) for degree in counts), tuple(counts.values()))
        for name, counts in read.items()
    }


def drawn(rng: random.Random, relation: str, *, most: int) -> int:
    """A degree as this relation has it, at most `most`."""
    degrees, weights = table()[relation]
    return min(most, rng.choices(degrees, weights)[0])


def measure(folder: Path) -> dict[str, dict[str, int]]:
    """Count the degrees of every relation that a town has."""
    missions = list(_rows(folder / "embassies/missions_2022-11.csv", delimiter=";"))
    suppliers = list(_rows(folder / "suppliers/apple_suppliers_2012-2022.csv"))
    brands = list(_rows(folder / "suppliers/wikirate_has_brands.csv"))
    sites = [
        row
        for name in ("icmm_sites_latam.csv", "icmm_sites_africa_asia_cut.csv")
        for row in _rows(folder / "sites" / name)
    ]
    heads = list(_rows(folder / "ownership/meip_mne_heads.csv"))
    eiti = list(_rows(folder / "msi/eiti_reporting_organisations.csv"))
    return {
        "missions in a country": _per((row["country"], row["operator"]) for row in missions),
        "jurisdictions of a mission": _histogram(
            len(row["jurisdictions"].split("|")) for row in missions if row["jurisdictions"]
        ),
        "sites of a supplier": _per(
            (f"{row['year']} {row['supplier_name']}", row["supplier_address"]) for row in suppliers
        ),
        "brands of an owner": _per(
            (row["owner_company_id"], row["brand_company"]) for row in brands
        ),
        "groups of a site": _histogram(
            max(1, len([name for name in row["Group Names"].split(";") if name.strip()]))
            for row in sites
        ),
        "listed subsidiaries of a head": _histogram(
            int(row["subsidiaries_with_lei"] or 0) for row in heads
        ),
        "disclosures of an investor in a firm": _investors(folder),
        "members of an initiative in a country": _per(
            (row["country"], row["identification"]) for row in eiti
        ),
    }


def _investors(folder: Path) -> dict[str, int]:
    """In how many of three editions a firm is held: how lasting such a link is."""
    held = Counter[str]()
    for year in (2012, 2018, 2022):
        rows = _rows(folder / f"holdings/nbim_equity_{year}.csv")
        held.update({row["Name"] for row in rows})
    return _histogram(held.values())


def _per(pairs: Iterable[tuple[str, str]]) -> dict[str, int]:
    ends: defaultdict[str, set[str]] = defaultdict(set)
    for one, other in pairs:
        ends[one].add(other)
    return _histogram(map(len, ends.values()))


def _histogram(degrees: Iterable[int]) -> dict[str, int]:
    counts = Counter(min(degree, MOST) for degree in degrees)
    return {str(degree): counts[degree] for degree in sorted(counts)}


def _rows(path: Path, *, delimiter: str = ",") -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        yield from csv.DictReader(file, delimiter=delimiter)


if __name__ == "__main__":
    json.dump(measure(Path(sys.argv[1])), sys.stdout, indent=1)
    print()
