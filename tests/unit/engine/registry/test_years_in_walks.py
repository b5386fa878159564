"""A fund is told of what it owns on the day of the event, not of what it owned or will own."""

from datetime import date

import pytest

from engine.registry.imports.trade.holdings import HOLDINGS, INVESTOR
from engine.registry.imports.trade.supplier_lists import BRAND, SUPPLIERS
from rules.exclusion import closure
from rules.graph import Registry
from rules.steps import Start, Walked
from rules.walks import WALKS
from schemas.plan import Reason
from tests.unit.engine.registry.imports.files import Records, read_all, setting, table
from tests.unit.rules.build import a_role, an_event

HEADER = (
    "Region,Country,Name,Industry,Market Value(NOK),Market Value(USD),Voting,Ownership,"
    "Incorporation Country"
)
HELD = 'E,Norway,Lindqvist Kabel AB,F,"1,000,000",1,1,1.5,Norway'
SUPPLY = "year,supplier_name,country_area,country,supplier_address"


def holdings(*years: int) -> Records:
    files = [table(HEADER, HELD, name=f"holdings_{year}.csv") for year in years]
    return read_all(HOLDINGS.read, *files)


def walked(name: str, found: Records, company: str, on: date | None) -> Walked:
    """A walk from an invented company over an invented list."""
    registry = Registry(found.parties.values(), links=found.links.values())
    event = an_event(parties=[a_role(found.named(company).id, "operator")])
    return WALKS[name](Start(registry=registry, event=event, on=on))


def told(found: Walked) -> list[str]:
    return [each.party for each in found.found]


def test_a_fund_is_told_of_an_event_in_the_year_of_its_list() -> None:
    for day in (date(2018, 1, 1), date(2018, 12, 31)):
        assert told(walked("investors", holdings(2018), "Lindqvist Kabel AB", day)) == [INVESTOR.id]


@pytest.mark.parametrize("day", [date(2012, 6, 1), date(2017, 12, 31), date(2019, 1, 1)])
def test_a_holding_of_2018_is_not_used_for_an_event_in_another_year(day: date) -> None:
    found = walked("investors", holdings(2018), "Lindqvist Kabel AB", day)

    assert told(found) == []
    assert [(each.party, each.reason) for each in found.withheld] == [
        (INVESTOR.id, Reason.LINK_NOT_CURRENT)
    ], "and a person sees why"


def test_no_year_is_bridged_by_the_years_around_it() -> None:
    lists = holdings(2012, 2018, 2022)

    for year, expected in {2012: True, 2015: False, 2018: True, 2020: False, 2022: True}.items():
        found = walked("investors", lists, "Lindqvist Kabel AB", date(year, 6, 1))
        assert bool(told(found)) is expected, year


def test_an_event_of_an_unknown_day_uses_no_list_of_a_year() -> None:
    assert told(walked("investors", holdings(2018), "Lindqvist Kabel AB", None)) == []


def test_a_brand_is_told_of_a_supplier_of_that_year_alone() -> None:
    rows = ["2018,Lindqvist Kabel AB,,Norway,1 Fjordgate", "2020,Lindqvist Kabel AB,,Norway,Bergen"]
    lists = read_all(SUPPLIERS.read, table(SUPPLY, *rows))

    for year, expected in {2018: [BRAND.id], 2019: [], 2020: [BRAND.id], 2021: []}.items():
        assert told(walked("buyers", lists, "Lindqvist Kabel AB", date(year, 6, 1))) == expected


def test_a_site_that_was_a_suppliers_stays_excluded_with_it_in_any_year() -> None:
    """What is over tells nobody, and excludes for ever."""
    lists = read_all(
        SUPPLIERS.read, table(SUPPLY, "2013,Lindqvist Kabel AB,,Norway,1 Fjordgate"), said=setting()
    )
    registry = Registry(lists.parties.values(), links=lists.links.values())
    supplier = lists.named("Lindqvist Kabel AB")
    site = lists.named("Lindqvist Kabel AB, 1 Fjordgate")

    found = closure(registry, an_event(parties=[a_role(supplier.id)]))
    assert {supplier.id, site.id} <= {each.party for each in found.entries}
