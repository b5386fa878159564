"""What the mail servers took, read as its recipients read it: page by page, as it comes."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_CASE = re.compile(r"\b(TC-[0-9A-Z]+) to take it")
_ASKED = re.compile(r"reference (\S+) .*/a/([\w-]+) and enter code ([\d-]+)", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A recipient's way in: what their message carries."""

    ref: str
    token: str
    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One message, as it arrived."""

    to: str
    text: str

    @property
    def name(self) -> str:
        """Of whoever gets it: what stands before the at sign."""
        return self.to.partition("@")[0]

    @property
    def case(self) -> str:
        """Reference of the case that duty is called for; empty: of none, or of several."""
        found = _CASE.search(self.text)
        return "" if found is None else found[1]

    @property
    def asked(self) -> Asked | None:
        """The link and its code; None where it carries none."""
        found = _ASKED.search(self.text)
        return None if found is None else Asked(ref=found[1], token=found[2], code=found[3])


class Letters:
    """Reads the logs of mail servers on from where it stopped."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._read: dict[Path, int] = {}

    def fresh(self) -> Iterator[Letter]:
        """What came since it was last asked; a line that is just being written comes next time."""
        for log in sorted(self._directory.glob("*.mail")):
            with log.open("rb") as file:
                file.seek(self._read.get(log, 0))
                whole, _, _ = file.read().rpartition(b"\n")
            if whole:
                self._read[log] = self._read.get(log, 0) + len(whole) + 1
                for line in whole.splitlines():
                    told = json.loads(line)
                    yield Letter(to=told["to"], text=told["text"])
