"""A list of one year is taken for that year or not at all."""

from datetime import date

import pytest

from engine.registry.imports.trade.years import Year, year_of, year_of_file
from engine.registry.rows import FileRefusedError
from tests.unit.engine.registry.imports.files import setting, text


@pytest.mark.parametrize(
    ("name", "number"),
    [
        ("holdings_2018.csv", 2018),
        ("2012 holdings.csv", 2012),
        ("archive-2022/EQ_2012_Country.csv", 2012),
        ("nbim2018-2018.csv", 2018),
        ("holdings_2026.csv", 2026),
    ],
)
def test_the_year_is_read_from_the_name_of_the_file_alone(name: str, number: int) -> None:
    assert year_of_file(text(name, ""), setting()) == Year(number)


@pytest.mark.parametrize("name", ["holdings.csv", "holdings_2012-2018.csv", "holdings_120185.csv"])
def test_a_list_of_no_known_year_is_refused_with_the_way_to_say_it(name: str) -> None:
    with pytest.raises(FileRefusedError, match=r"--as-of 2018-12-31"):
        year_of_file(text(name, ""), setting())

    said = setting(as_of=date(2018, 6, 30))
    assert year_of_file(text(name.replace("2012-2018", ""), ""), said) == Year(2018)


def test_a_person_may_choose_among_the_years_of_a_name_and_contradict_none() -> None:
    choice = setting(as_of=date(2018, 12, 31))

    assert year_of_file(text("holdings_2012-2018.csv", ""), choice) == Year(2018)
    with pytest.raises(FileRefusedError, match="another year than --as-of"):
        year_of_file(text("holdings_2012.csv", ""), choice)


def test_a_year_that_has_not_begun_is_refused() -> None:
    with pytest.raises(FileRefusedError, match="has not begun"):
        year_of_file(text("holdings_2027.csv", ""), setting())


@pytest.mark.parametrize(
    "cell", ["", "20", "2018/19", "two thousand", "2027", "1812", "٢٠١٨", "+201"]
)
def test_a_cell_that_is_no_year_gives_none(cell: str) -> None:
    assert year_of(cell, setting()) is None


def test_a_year_has_its_first_and_last_day_and_no_other_year() -> None:
    year = year_of("2018", setting())

    assert year is not None
    assert (year.since, year.until) == (date(2018, 1, 1), date(2018, 12, 31))
