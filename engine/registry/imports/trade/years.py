"""Lists that describe one year: which year, and that what they say holds within it only.

A list of 2018 is no word about 2012, nor about today: a buyer that has left would be told of an
abuse it can do nothing about, and one that came later would be missed.
"""

import re
from dataclasses import dataclass
from datetime import date

from engine.registry.rows import FileRefusedError, Setting, SourceFile

EARLIEST = 1900
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")


@dataclass(frozen=True, slots=True)
class Year:
    """A calendar year that a list describes."""

    number: int

    @property
    def since(self) -> date:
        return date(self.number, 1, 1)

    @property
    def until(self) -> date:
        """Its last day: also the day of what is disclosed *at the end of the year*."""
        return date(self.number, 12, 31)

    def __str__(self) -> str:
        return str(self.number)


def year_of(text: str, setting: Setting) -> Year | None:
    """The year that a cell holds; None: no year, or one that has not begun."""
    if not re.fullmatch(r"[0-9]{4}", text):
        return None
    number = int(text)
    return Year(number) if EARLIEST <= number <= setting.today.year else None


def year_of_file(file: SourceFile, setting: Setting) -> Year:
    """The year of a file without a column for it: what the person says, else its name.

    Raises FileRefusedError when neither says, when its name holds several years, when the two
    contradict each other, and for a year that has not begun.
    """
    named = sorted({int(each) for each in _YEAR.findall(file.name.rsplit("/", 1)[-1])})
    told = setting.as_of.year if setting.as_of else None
    if told is None and len(named) != 1:
        raise FileRefusedError(
            f"{file.name}: nothing says which year this list describes. "
            "Say it with --as-of, such as --as-of 2018-12-31."
        )
    if told is not None and named and told not in named:
        raise FileRefusedError(
            f"{file.name}: its name holds another year than --as-of. "
            "Correct the one or the other; a wrong year links the wrong companies."
        )
    number = told if told is not None else named[0]
    if not EARLIEST <= number <= setting.today.year:
        raise FileRefusedError(f"{file.name}: the year of this list has not begun. Correct it.")
    return Year(number)
