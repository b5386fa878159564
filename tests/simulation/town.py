"""The invented town of every schedule: what is in force when it begins, and what it may become."""

import re
import tempfile
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from sqlalchemy import Connection

from engine.registry.saving import save_registry, save_roster, save_rulebook
from engine.store.database import Database, transact
from tests.harness.files import new_database
from tests.harness.people import Place, duty, link, party
from tests.harness.towns import EVERYTHING, loto, rulebook_text

START = datetime(2027, 3, 1, 8, 0, tzinfo=UTC)
DUTY = duty(handlers=("Ana", "Eve"), seconds=("Ben",), shift_leads=("Chi",), directors=("Dia",))
_FEWER = EVERYTHING.replace(", {track: companies, walk: companies}", "")
BRISK = "answer_by: {critical: 5m, high: 10m, elevated: 15m, watch: 20m}"


@cache
def rulebooks(*, brisk: bool) -> tuple[str, ...]:
    """Three that may be in force. `brisk`: they give minutes for an answer from outside."""
    texts = (
        rulebook_text(EVERYTHING),
        rulebook_text(_FEWER, name="fewer"),
        rulebook_text(EVERYTHING, name="again"),
    )
    return tuple(
        re.sub(r"answer_by: {critical.*}", BRISK, text) if brisk else text for text in texts
    )


FACTORIES = tuple(f"loto-{hotline}-{n}" for hotline in range(3) for n in range(3))
"""One for each thing that hotlines report, of the same holding and for the same buyer. An act by
one is no answer to what was told of another: else all that goes outward soon stands still."""


def _town() -> Place:
    town = loto()
    return replace(
        town,
        parties=(*town.parties, *(party(id, "company", "QR") for id in FACTORIES)),
        links=(
            *town.links,
            *(link("loto-holdings", "parent_of", id) for id in FACTORIES),
            *(link("haldane", "buys_from", id) for id in FACTORIES),
        ),
    )


def found_registry(conn: Connection, number: int, *, at: datetime) -> None:
    """Put one of three registries into force: as it was, with a contact less, with a link more."""
    town = _town()
    if number == 1:
        town = replace(town, contacts=tuple(c for c in town.contacts if c.id != "noor-deputy"))
    if number == 2:
        town = replace(town, links=(*town.links, link("loto-holdings", "buys_from", "haldane")))
    save_registry(
        conn,
        parties=[*town.parties, party("duty", "ngo")],
        links=town.links,
        contacts=[*town.contacts, *town.with_duty(DUTY).contacts("duty")],
        at=at,
        by="files",
    )


def new_town(path: Path, *, brisk: bool) -> Database:
    """A database at this path in which everything is in force and nothing has happened."""
    path.write_bytes(_founded(brisk=brisk))
    path.chmod(0o600)
    return Database(f"sqlite:///{path}")


@cache
def _founded(*, brisk: bool) -> bytes:
    with tempfile.TemporaryDirectory(prefix="tocsin-town-") as directory:
        path = Path(directory) / "town.sqlite"
        with closing(new_database(path)) as database, closing(database.writer()) as conn:
            transact(conn, lambda c: save_roster(c, DUTY, at=START, by="files"))
            transact(conn, lambda c: found_registry(c, 0, at=START))
            transact(
                conn,
                lambda c: save_rulebook(
                    c, rulebooks(brisk=brisk)[0], filename="r", at=START, by="files"
                ),
            )
        return path.read_bytes()
