"""Signs of health: alive, ready, counted. None of them names a case, a person or a place."""

import asyncio
import base64
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection, text
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from engine.clock import Clock
from engine.metrics import CONTENT_TYPE, Metrics
from engine.ports import Reader
from engine.signs import Sign, Weight
from engine.store.following import open_cases, owed
from engine.store.offsets import all_positions
from engine.vault import Vault
from engine.web.api.answers import Check, IntakeKey, Ready, told

Probe = Callable[[], Awaitable[Check]]
"""Looks at one thing. May raise; that counts as not well."""
Signs = Callable[[], Awaitable[Sequence[Sign]]]
"""How the engine is, by the store."""
PROBE_WITHIN = 2.0  # seconds
MUST = ("database", "timers")
"""Without these nothing is taken, or nothing moves: not ready. Anything else only degrades."""
_ONE = text("SELECT 1")


class Health:
    """The endpoints and what they look at."""

    def __init__(
        self,
        *,
        probes: Mapping[str, Probe],
        signs: Signs,
        metrics: Metrics,
        reader: Reader,
        vault: Vault,
        clock: Clock,
    ) -> None:
        self._probes = {"database": self._database, **probes}
        self._metrics = metrics
        self._reader = reader
        self._vault = vault
        self._signs = signs
        self._clock = clock
        self._seen: dict[str, tuple[bool, datetime]] = {}
        """Since when each check is as it is, as far as this process has looked."""

    async def alive(self, request: Request) -> Response:
        """The process answers. Says nothing about more than that."""
        return PlainTextResponse("alive\n")

    async def ready(self, request: Request) -> Response:
        """Whether reports are taken now: 200, or 503; what is amiss, and since when.

        503 only where a caller should go elsewhere: reports are not taken, or nothing moves. An
        engine that works with something amiss is worth more than none, and says so with 200.
        """
        names = sorted(self._probes)
        found = await asyncio.gather(*(self._look(self._probes[name]) for name in names))
        checks = dict(zip(names, found, strict=True)) | await self._by_the_store()
        checks = {name: self._since(name, check) for name, check in sorted(checks.items())}
        ready = all(checks[name].ok for name in MUST if name in checks)
        degraded = not all(check.ok for check in checks.values())
        answer = Ready(ready=ready, degraded=degraded, checks=checks)
        return told(answer, status=200 if ready else 503)

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

    async def _by_the_store(self) -> dict[str, Check]:
        try:
            async with asyncio.timeout(PROBE_WITHIN):
                signs = await self._signs()
        except Exception as error:  # the database has a check of its own
            return {"signs": Check(ok=False, says=f"cannot be read ({type(error).__name__})")}
        return {
            sign.name: Check(
                ok=sign.weight is not Weight.AMISS,
                says=" ".join(filter(None, (sign.says, sign.next_step))),
                since=sign.since,
            )
            for sign in signs
        }

    def _since(self, name: str, check: Check) -> Check:
        was, at = self._seen.get(name, (check.ok, self._clock.now()))
        if was is not check.ok:
            at = self._clock.now()
        self._seen[name] = (check.ok, at)
        return check if check.since is not None else check.model_copy(update={"since": at})

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
