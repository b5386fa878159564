"""Keys that are lost cost words, never time: the alert to duty waits for none of them."""

from pathlib import Path
from typing import Any

from engine.case_vault import CaseVault
from engine.desk import Lane
from engine.entropy import SeededEntropy
from engine.intake.scope import only
from engine.rekeying import Rekeying
from engine.store import tables
from engine.vault import EpochKeys, Secret
from schemas.codes import IncidentCode
from schemas.responses import Way
from tests.integration.intake.room import Room, a_room, body
from tests.unit.engine.intake.builders import WIDE, a_message

WORDS = {"identity": "An invented name"}


def lose_the_private_halves(room: Room) -> None:
    name, public = room.vault.intake_key
    room.vault.renew(EpochKeys(current=name, public={name: public}, private={}))


async def take(room: Room, sealed: Any) -> None:
    given = body(a_message(sealed=sealed))
    await room.door.take(given, scopes=only(WIDE), way=Way.API)


async def told(room: Room) -> bool:
    return any(row.kind == "step_fired" for row in await room.rows(tables.journal))


async def test_a_report_goes_to_duty_although_nobody_can_open_its_words_any_more(
    tmp_path: Path,
) -> None:
    async with a_room(tmp_path) as room:
        lose_the_private_halves(room)
        await take(room, WORDS)

        assert await room.taken() == ["evt-1"]
        assert await told(room)


async def test_a_report_sealed_to_a_key_of_another_desk_goes_to_duty_who_hears_that_it_is_closed(
    tmp_path: Path,
) -> None:
    async with a_room(tmp_path) as room:
        await take(room, {"box": "eHh4", "box_key": "intake-of-another-desk"})
        assert await told(room)

        await room.advance(seconds=660)
        cases = CaseVault(room.vault, under=Secret(bytes(range(32))), entropy=SeededEntropy(5))
        await Rekeying(
            cases,
            room.vault,
            reader=room.reader,
            writer=room.writer,
            clock=room.clock,
            raise_incident=lambda incident: room.desk.submit(incident, lane=Lane.NORMAL),
        ).look()
        assert await room.incidents() == [IncidentCode.SEALED_UNREADABLE]
