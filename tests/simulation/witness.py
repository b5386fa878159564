"""Who stands outside and reads: each message whole, the log, the files, what consumers are sent.

Every report seals a name. Wherever the witness reads that name, somebody was told who it is about.
"""

import hashlib
import io
import logging
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import fields
from pathlib import Path
from typing import Any

import structlog

from engine import invariants
from engine.case.ids import event_id
from engine.ports import Record
from notifiers.message import Message
from schemas.contact import Endpoint
from tests.harness.reports import Report

NAME = "Ilsabet Orruvane"
"""Nowhere but in sealed words."""
OF_THE_CASE = ("subject-", "situation-", "loto-")
"""What every report says in the open, and no message to anybody."""
IN_CONTROL = "loto-holdings"
"""Controls all whom reports accuse: see `town.FACTORIES`."""
ACCUSED = "alleged_perpetrator"


def sealed(id: str) -> dict[str, Any]:
    """The sealed words of a report: known fields, and one that nobody knows."""
    return {
        "identity": NAME,
        "narrative": f"{NAME} called us about {id}.",
        "party_names": [f"{NAME} and sons"],
        "nickname": NAME,
    }


class Witness:
    """Reads along from the first day, whatever dies or is put back."""

    def __init__(self) -> None:
        self._letters: list[invariants.Letter] = []
        self._said: dict[str, list[bytes]] = defaultdict(list)
        self._log = io.StringIO()

    def read(self, key: str, message: Message, endpoint: Endpoint) -> None:
        """A message left: all of it, as any channel could put it into headers or words."""
        said = [str(getattr(message, each.name)) for each in fields(message)]
        raw = "\n".join((*said, endpoint.id, endpoint.address)).encode()
        self._letters.append(invariants.Letter(key=key, raw=raw))

    def heard(self, place: str, *said: bytes) -> None:
        """Something was said there."""
        self._said[place] += said

    def tell(
        self,
        outside: invariants.Outside,
        *,
        directory: Path,
        reports: Iterable[Report],
        poison: Iterable[Record],
        passed: Callable[[Record], bool],
    ) -> None:
        """Let the judge know all of it. `passed`: whether the log was read beyond this record."""
        files = {path.name: path.read_bytes() for path in directory.rglob("*") if path.is_file()}
        outside.letters = self._letters
        outside.identities = (NAME,)
        outside.secrets = dict.fromkeys((NAME, *OF_THE_CASE), frozenset())
        outside.spoken = {place: b"\n".join(said) for place, said in self._said.items()} | files
        outside.spoken["log"] = self._log.getvalue().encode()
        outside.fenced = {event_id(each.source, each.id): tied(each.event) for each in reports}
        taken = (record.value for record in poison if passed(record))
        outside.poison = {hashlib.sha256(value).hexdigest() for value in taken}

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Hear every line of the engine's own log and of its libraries'."""
        before, handler = structlog.get_config(), logging.StreamHandler(self._log)
        logging.getLogger().addHandler(handler)
        structlog.configure(
            processors=[structlog.processors.JSONRenderer()],
            wrapper_class=structlog.make_filtering_bound_logger(logging.DEBUG),
            logger_factory=structlog.WriteLoggerFactory(self._log),
            cache_logger_on_first_use=False,
        )
        try:
            yield
        finally:
            structlog.configure(**before)
            logging.getLogger().removeHandler(handler)


def tied(event: Mapping[str, Any]) -> frozenset[str]:
    """Who must not be told of this report, as a reader of it knows: whom it accuses, and theirs."""
    accused = {each["party"] for each in event.get("parties", ()) if each["role"] == ACCUSED}
    return frozenset(accused | {IN_CONTROL} if accused else ())
