"""A line that breaks while a session is being set: an error of the store, and it is asked again.

It once came up as the driver's own error, which no loop that waits for a store knows: half of the
processes of an engine ended by one hiccup of the line.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from engine.store.database import Database
from engine.store.threads import ThreadReader, ThreadWriter
from tests.harness.postgres import PostgresServer, over
from tests.harness.proxy import Cut, Proxy
from tests.harness.stores import postgres_url

SETTING = b"set_config"
BOTH_TRIES = 2


@dataclass(frozen=True)
class Lined:
    line: Proxy
    reader: ThreadReader
    writer: ThreadWriter


@pytest.fixture
def lined(postgres: PostgresServer) -> Iterator[Lined]:
    url = postgres_url(postgres)
    with Proxy(postgres.socket) as line:
        database = Database(over(url, line.port))
        made = Lined(line, ThreadReader(database, threads=1), ThreadWriter(database))
        yield made
        line.heal()
        made.reader.close()
        made.writer.close()
        database.close()
    postgres.drop(url)


@pytest.mark.parametrize("cut", Cut)
async def test_b41_a_look_whose_session_breaks_before_it_is_set_is_taken_again(
    lined: Lined, cut: Cut
) -> None:
    lined.line.cut(SETTING, cut)

    assert await lined.reader.run(lambda conn: conn.execute(text("SELECT 7")).scalar_one()) == 7
    assert lined.line.cuts == 1


async def test_b41_a_store_whose_sessions_break_again_and_again_is_away(lined: Lined) -> None:
    lined.line.cut(SETTING, Cut.BEFORE, times=BOTH_TRIES)

    with pytest.raises(OperationalError) as error:
        await lined.reader.run(lambda conn: None)
    assert error.value.connection_invalidated
    assert await lined.reader.run(lambda conn: conn.execute(text("SELECT 7")).scalar_one()) == 7


@pytest.mark.parametrize("cut", Cut)
async def test_b41_what_is_to_be_written_waits_for_a_session(lined: Lined, cut: Cut) -> None:
    lined.line.cut(SETTING, cut, times=BOTH_TRIES)

    assert await lined.writer.run(lambda conn: conn.execute(text("SELECT 7")).scalar_one()) == 7
    assert lined.line.cuts == BOTH_TRIES
