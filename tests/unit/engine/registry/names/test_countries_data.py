"""Every country string of the development files: resolved, or named here with the reason.

The files' notes were measured with another library (rigour 2.6.1); each difference is listed.
"""

from collections import Counter
from collections.abc import Callable, Iterable

from engine.registry.names.countries import (
    Ambiguous,
    Answer,
    Doubt,
    Resolved,
    Unknown,
    load_countries,
)
from tests.unit.engine.registry.names.shared_data import events, folder, needs_data, rows

pytestmark = needs_data

COUNTRIES = load_countries()

PARTLY_RECOGNISED_OPERATORS = {
    "Turkish Republic of Northern Cyprus": 6,
    "Abkhazia": 1,
    "Somaliland": 1,
    "South Ossetia": 1,
}
PARTS_OF_STATES = {"Quebec": 16, "Saxony": 1}
NO_STATES = {
    "Sovereign Military Order of Malta": 33,
    "Central Tibetan Administration": 3,
    "Ministry of Foreign Affairs of the People's Republic of China": 2,
    "European Parliament": 1,
    "Government of New Mexico": 1,
    "Government of Sweden": 1,
    "Indigenous Australians": 1,
    "Ministry of Foreign Affairs": 1,
    "Ministry of Foreign Affairs and Cooperation of the Republic of Rwanda": 1,
    "Ministry of Foreign Affairs of the Russian Federation": 1,
}


def doubtful(
    strings: Iterable[str], resolve: Callable[[str], Answer] = COUNTRIES.listed
) -> dict[str, int]:
    """What does not resolve, with how often it stands in the file."""
    return dict(Counter(each for each in strings if not isinstance(resolve(each), Resolved)))


def test_missions_of_2022_resolve_but_for_those_of_no_or_of_disputed_states() -> None:
    """rigour gives codes of its own to parts and to partly recognised states: 29 rows more."""
    missions = rows("embassies/missions_2022-11.csv", separator=";")
    operators = doubtful(row["operator"] for row in missions)
    hosts = doubtful(row["country"] for row in missions)

    assert len(missions) == 9_852
    assert operators == PARTLY_RECOGNISED_OPERATORS | PARTS_OF_STATES | NO_STATES
    assert hosts == {
        "Portuguese colonization of the Americas": 1,
        "Nordic countries": 1,
        "Turkish Republic of Northern Cyprus": 1,
        "Abkhazia": 1,
        "South Ossetia": 1,
    }
    both = sum(row["operator"] not in operators and row["country"] not in hosts for row in missions)
    ours_apart = sum(PARTLY_RECOGNISED_OPERATORS.values()) + sum(PARTS_OF_STATES.values()) + 3
    assert both == 9_805 - ours_apart == 9_776
    assert 9_852 - sum(operators.values()) == 9_807 - 26
    assert 9_852 - sum(hosts.values()) == 9_850 - 3


def test_a_mission_filed_under_its_own_state_is_found() -> None:
    """31 rows, mostly missions abroad with a wrong host: nobody's missions at home."""
    at_home: Counter[str] = Counter()
    for row in rows("embassies/missions_2022-11.csv", separator=";"):
        operator, host = COUNTRIES.listed(row["operator"]), COUNTRIES.listed(row["country"])
        if isinstance(operator, Resolved) and operator == host:
            at_home[operator.code] += 1

    assert at_home == {"AU": 27, "HU": 1, "IT": 1, "JP": 1, "QA": 1}


def test_the_missions_of_2020_resolve_but_for_a_state_that_ended() -> None:
    missions = rows("embassies/missions_2020-10_cut.csv", separator=";")

    assert doubtful(row["operator"] for row in missions) == {}
    assert doubtful(row["country"] for row in missions) == {"Serbia and Montenegro": 1}


def test_home_states_have_the_missions_that_the_files_notes_count() -> None:
    pairs = set()
    for row in rows("embassies/missions_2022-11.csv", separator=";"):
        operator, host = COUNTRIES.listed(row["operator"]), COUNTRIES.listed(row["country"])
        if isinstance(operator, Resolved) and isinstance(host, Resolved):
            pairs.add((operator.code, host.code))
    hosts = "HN GT CO BR PE PH BD KH KE CD ZA MM ID".split()

    assert all((home, host) in pairs for home in ("DE", "FR", "US") for host in hosts)
    for home in ("NL", "GB", "SE", "CA", "CH", "ES", "NO"):
        assert not all((home, host) in pairs for host in hosts), home
    assert ("NO", "HN") not in pairs


def test_jurisdictions_name_provinces_and_organisations_too_and_none_becomes_a_state() -> None:
    names = [
        each
        for row in rows("embassies/missions_2022-11.csv", separator=";")
        for each in row["jurisdictions"].split("|")
        if each
    ]
    found = doubtful(names)

    assert (len(names), sum(found.values()), len(found)) == (16_896, 177, 95)
    assert {"Guangdong", "Texas", "European Union", "Republic of Abkhazia"} <= found.keys()


def test_holdings_resolve_but_for_two_that_are_no_one_country() -> None:
    """The Channel Islands with `C. I.`, which rigour does not know, are in our file."""
    expected = {
        2012: {"Virgin Islands": 2, "International Organisations": 1},
        2018: {"International Organisations": 3},
        2022: {"International Organisations": 1},
    }
    for year, doubts in expected.items():
        held = rows(f"holdings/nbim_equity_{year}.csv")
        seats = [row[column] for row in held for column in ("Country", "Incorporation Country")]
        assert doubtful(seats) == doubts, year


def test_suppliers_and_mines_resolve_once_somebody_has_read_what_korea_means() -> None:
    suppliers = [row["country"] for row in rows("suppliers/apple_suppliers_2012-2022.csv")]
    assert doubtful(suppliers) == {"Korea": 350}
    assert doubtful(suppliers, lambda each: COUNTRIES.listed(each, means={"Korea": "KR"})) == {}

    facilities = [row["country"] for row in folder("suppliers/osh_lists")]
    names = [each for each in facilities if len(each) != 2]
    codes = [each for each in facilities if len(each) == 2]
    assert (len(names), len(codes)) == (580, 352)
    assert doubtful(names) == {}
    assert doubtful(codes, COUNTRIES.resolve_code) == {}

    for name in ("latam", "africa_asia_cut"):
        assert doubtful(row["Country"] for row in rows(f"sites/icmm_sites_{name}.csv")) == {}


def test_columns_of_codes_resolve_as_codes() -> None:
    for name, column in {
        "msi/eiti_countries.csv": "country",
        "msi/eiti_reporting_organisations.csv": "country",
        "ownership/meip_mne_heads.csv": "iso3",
    }.items():
        assert doubtful((row[column] for row in rows(name)), COUNTRIES.resolve_code) == {}, name
    for name in ("wikirate_fashionchecker_2021", "derived_msi_participants_2021"):
        assert doubtful(row["country"] for row in rows(f"msi/{name}.csv")) == {}
    assert doubtful(row["country"] for row in rows("suppliers/wikirate_tea_companies.csv")) == {}


def test_the_invented_events_resolve_as_a_careful_person_would() -> None:
    """50 of 64, as with rigour, but not the same 50.

    Ours, and not rigour's: Phils., مصر, RDC, Bharat (India), Lao PDR. Rigour's, and for a human
    here: Congo, Korea and Guinée, which mean several; KH and ECU, which are codes.
    """
    meant = {row["id"]: row["iso2"] for row in rows("events/synthetic_labels.csv")}
    doubts: dict[str, Doubt] = {}
    resolved = 0
    for event in events():
        answer = COUNTRIES.resolve(event["country"])
        if isinstance(answer, Resolved):
            assert answer.code == meant[event["id"]], event["country"]
            resolved += 1
        else:
            doubts[event["country"]] = answer.doubt
            near = answer.candidates if isinstance(answer, Ambiguous) else answer.near
            assert meant[event["id"]] in near, "the right one is offered to the human"

    assert resolved == 50
    assert doubts == {
        "HONDURAS, C.A.": Doubt.UNHEARD_OF,
        "KH": Doubt.CODE_UNASKED,
        "México (Edo. no decir)": Doubt.UNHEARD_OF,
        "INDONESIA (Kalimantan)": Doubt.UNHEARD_OF,
        "Congo": Doubt.CONFUSED,
        "Korea": Doubt.CONFUSED,
        "Malaysia (transit) / nationality: country A / refugee status in New Zealand": (
            Doubt.UNHEARD_OF
        ),
        "Ethopia": Doubt.UNHEARD_OF,
        "Niger State": Doubt.CONFUSED,
        "Guinée": Doubt.CONFUSED,
        "Venezuela (Rep. Bol. de)": Doubt.UNHEARD_OF,
        "ECU": Doubt.CODE_UNASKED,
        "Georgia / Грузия": Doubt.UNHEARD_OF,
        "Dominicana": Doubt.CONFUSED,
    }


def test_codes_of_another_standard_are_never_taken_as_iso() -> None:
    """The news sample has FIPS 10-4: `CH` is China there. Two mean the same in both."""
    codes = [row["ActionGeo_CountryCode"] for row in rows("events/gdelt_sample.csv")]
    answers = {code: COUNTRIES.resolve(code) for code in sorted({*codes})}

    resolved = {code for code, answer in answers.items() if isinstance(answer, Resolved)}
    assert resolved == {"UK", "US"}
    assert isinstance(answers["CH"], Unknown) and isinstance(answers["RS"], Unknown)
    assert len(codes) == 710
