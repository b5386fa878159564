"""Signs of health: alive, ready, counted. None of them names a case, a person or a place."""

import asyncio
import base64
from collections.abc import Awaitable, Callable, Mapping

from sqlalchemy import Connection, text
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from engine.metrics import CONTENT_TYPE, Metrics
from engine.ports import Reader
from engine.store.following import open_cases, owed
from engine.store.offsets import all_positions
from engine.vault import Vault
from engine.web.api.answers import Check, IntakeKey, Ready, told

Probe = Callable[[], Awaitable[Check]]
"""Looks at one thing. May raise; that counts as not well."""
PROBE_WITHIN = 2.0  # seconds
_ONE = text("SELECT 1")


class Health:
    """The endpoints and what they look at."""

    def __init__(
        self, *, probes: Mapping[str, Probe], metrics: Metrics, reader: Reader, vault: Vault
    ) -> None:
        self._probes = {"database": self._database, **probes}
        self._metrics = metrics
        self._reader = reader
        self._vault = vault

    async def alive(self, request: Request) -> Response:
        """The process answers. Says nothing about more than that."""
        return PlainTextResponse("alive\n")

    async def ready(self, request: Request) -> Response:
        """Whether reports are taken now: 200, or 503 and which check says no."""
        names = sorted(self._probes)
        found = await asyncio.gather(*(self._look(self._probes[name]) for name in names))
        checks = dict(zip(names, found, strict=True))
        ready = all(check.ok for check in found)
        return told(Ready(ready=ready, checks=checks), status=200 if ready else 503)

    async def metrics(self, request: Request) -> Response:
        """Prometheus' text format."""
        for topic, partition, _, following in await self._reader.run(all_positions):
            self._metrics.position(topic=topic, partition=partition, next_offset=following)
        now = await self._reader.run(owed)
        self._metrics.stands(
            open_now=await self._reader.run(open_cases),
            waiting=now.waiting + now.sending,
            next_due=now.next_at,
        )
        return Response(self._metrics.exposed(), media_type=CONTENT_TYPE)

    async def intake_key(self, request: Request) -> Response:
        """The public key to which publishers seal who and where."""
        key_id, public = self._vault.intake_key
        encoded = base64.b64encode(public).decode("ascii")
        return told(IntakeKey(key_id=key_id, public_key=encoded), status=200)

    async def _look(self, probe: Probe) -> Check:
        try:
            async with asyncio.timeout(PROBE_WITHIN):
                return await probe()
        except TimeoutError:
            return Check(ok=False, says=f"no answer within {PROBE_WITHIN:g} s")
        except Exception as error:  # a probe that breaks is a finding, not a fault of this page
            return Check(ok=False, says=type(error).__name__)

    async def _database(self) -> Check:
        def look(connection: Connection) -> None:
            connection.execute(_ONE)

        await self._reader.run(look)
        return Check(ok=True, says="answers")
