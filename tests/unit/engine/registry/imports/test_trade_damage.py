"""Half a file, a wrong byte, a quote never closed: the damage is named and nothing else is lost."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.registry.imports.formats import FORMATS
from engine.registry.imports.own.company_sheet import COMPANY_SHEET
from engine.registry.imports.reading import NotTaken, read_file
from engine.registry.imports.trade.brands import BRANDS, TEA
from engine.registry.imports.trade.facilities import FACILITIES
from engine.registry.imports.trade.holdings import HOLDINGS
from engine.registry.imports.trade.supplier_lists import SUPPLIERS
from engine.registry.rows import Fate, FileRefusedError, Format, SourceFile, Why
from tests.unit.engine.registry.imports.files import setting

LISTS: dict[str, tuple[Format, str]] = {
    "holdings": (
        HOLDINGS,
        "Region,Country,Name,Industry,Market Value(NOK),Market Value(USD),Voting,Ownership,"
        "Incorporation Country\n"
        'E,Norway,Lindqvist Kabel AB,F,"1,000",1,,1.5,Norway\n'
        "E,Kenya,Halvorsen Ltd,F,1,1,1,0,Virgin Islands\n",
    ),
    "suppliers": (
        SUPPLIERS,
        "year,supplier_name,country_area,country,supplier_address\n"
        '2012,"Lindqvist\nKabel AB",,Norway,"1 Fjordgate\nBergen"\n2020,Halvorsen,,Kenya,NA\n',
    ),
    "facilities": (
        FACILITIES,
        'country,name,address,sector,lat,lng\nNO,Lindqvist,"1 Fjordgate, Bergen",A|B,60,5\n',
    ),
    "brands": (
        BRANDS,
        "relationship_id,owner_company_id,owner_company,brand_company_id,brand_company,year,sector"
        "\n7,1,Veltrane AB,2,Hale,2019,Textiles\n",
    ),
    "tea": (TEA, "wikirate_id,company,country,discloses_suppliers\n5,Serambi Tea,Norway,True\n"),
    "sheet": (
        COMPANY_SHEET,
        "company,aka,parent,parent_home_iso2,host_iso2,sector,ownership_kind,sites,"
        "buyers_or_financiers,msi_membership\n"
        "Cerro SA,Cerro,Northmere,QN,QM,mining,JV,Pit,Banco Rio|Kestrel,Pact\n",
    ),
}
damage = st.lists(
    st.tuples(
        st.floats(0, 1),
        st.integers(0, 40),
        st.sampled_from([b"", b'"', b"\n", b",", b"\xff", b"\x00", b"=1+1", b"|", b"\xe2\x80\xae"]),
    ),
    min_size=1,
    max_size=3,
)


@pytest.mark.parametrize("name", sorted(LISTS))
@settings(max_examples=25, deadline=None)
@given(damages=damage)
def test_whatever_is_wrong_with_a_file_each_row_comes_out_once_or_the_file_is_refused(
    name: str, damages: list[tuple[float, int, bytes]]
) -> None:
    format, text = LISTS[name]
    data = text.encode()
    for place, length, instead in damages:
        at = int(place * len(data))
        data = data[:at] + instead + data[at + length :]
    try:
        rows = list(format.read(SourceFile(name="list_2018.csv", data=data), setting()))
    except FileRefusedError as error:
        assert str(error).startswith("list_2018.csv:")
        return
    assert len({row.line for row in rows}) == len(rows)
    for row in rows:
        assert (row.why is None) == (row.fate is Fate.IMPORTED)
        assert row.fate is not Fate.REFUSED or not (row.parties or row.links)


@pytest.mark.parametrize("name", sorted(LISTS))
def test_a_name_that_is_a_formula_is_refused_with_its_row(name: str) -> None:
    """It would run where a person opens an export of the registry."""
    format, text = LISTS[name]
    for named in ("Lindqvist", "Veltrane", "Serambi", "Cerro SA"):
        text = text.replace(f"{named}", f"=cmd|{named}" if name != "sheet" else f"=cmd{named}")
    file = SourceFile(name="list_2018.csv", data=text.encode())

    read = read_file(file, setting(), formats=FORMATS, named=format.name)
    assert not isinstance(read, NotTaken)
    (row, *_) = read.rows
    assert (row.fate, row.why) == (Fate.REFUSED, Why.FORMULA)
    assert (row.parties, row.links) == ((), ())
