"""After a batch could not be written: every unit alone, once, and its parts apart.

A reference that collides gets more characters. What still cannot be written is noted by a path
that decides nothing, so that one case never holds up another. What fails there as well is lost for
whoever asked, and duty is told.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import Any

import structlog
from sqlalchemy.exc import IntegrityError

from engine.case.commands import RaiseIncident
from engine.desk import inner
from engine.desk.batch import Came
from engine.desk.lanes import STORE_ERRORS, CommandFailed, StoreUnavailable, Unit
from engine.desk.think import Outcome
from engine.desk.traces import where
from schemas.codes import IncidentCode

_log = structlog.get_logger(__name__)

REF_EXTRA_AT_MOST = 4
"""Characters a reference may grow by: 30^4 times rarer a collision each."""

CarryOut = Callable[[Sequence[Unit]], Awaitable[Came]]


class Alone:
    """Runs one unit by itself. `due` and `claimable` look up what a loop's command stands for."""

    def __init__(
        self,
        carry_out: CarryOut,
        *,
        due: Callable[[int], Awaitable[list[str]]],
        claimable: Callable[[inner.Claim], Awaitable[list[str]]],
        postpone: Callable[[str], Awaitable[None]],
    ) -> None:
        self._carry_out = carry_out
        self._due = due
        self._claimable = claimable
        self._postpone = postpone

    async def run(self, unit: Unit) -> Outcome:
        """Return what became of it. Raises only what the store raises."""
        match unit.commands:
            case (inner.Fire() as fire,):
                return await self._fire(unit, fire)
            case (inner.Settle() as settle,):
                return await self._settle(unit, settle)
            case (inner.Claim() as claim,):
                return await self._claim(unit, claim)
            case (inner.Report() as report,):
                return await self._report(unit, report)
        return await self._last(unit)

    async def _fire(self, unit: Unit, fire: inner.Fire) -> Outcome:
        due = list(fire.only) or await self._due(fire.limit)
        await self._fire_these(unit, due)
        return Outcome(answers=(inner.Fired(cases=len(due), more=bool(due), next_due=None),))

    async def _fire_these(self, unit: Unit, due: Sequence[str]) -> None:
        """By halves, until the one that cannot be written is alone: the others cost little."""
        if len(due) < 2:
            for case in due:
                await self._fire_one(unit, case)
            return
        middle = len(due) // 2
        for half in (due[:middle], due[middle:]):
            if len(half) == 1 or not await self._together(unit, half):
                await self._fire_these(unit, half)

    async def _together(self, unit: Unit, due: Sequence[str]) -> bool:
        group = _with(unit, inner.Fire(limit=len(due), only=tuple(due)))
        try:
            return (await self._carry_out([group])).outcomes[0].error is None
        except (StoreUnavailable, *STORE_ERRORS):
            raise
        except Exception as error:  # whichever it was: its half is halved again
            _log.info("halved", error=type(error).__name__, cases=len(due))
            return False

    async def _fire_one(self, unit: Unit, case: str) -> None:
        outcome = await self._part(_with(unit, inner.Fire(limit=1, only=(case,))))
        if outcome.error is not None:
            code = type(outcome.error.__cause__ or outcome.error).__name__
            noted = await self._last(_with(unit, inner.Fault(case=case, code=code)))
            if noted.error is not None:
                await self._postpone(case)

    async def _settle(self, unit: Unit, settle: inner.Settle) -> Outcome:
        for each in settle.outcomes:
            outcome = await self._part(_with(unit, inner.Settle(outcomes=(each,))))
            if outcome.error is not None:
                plain = inner.Settle(outcomes=(each,), plain=True)
                # If even that fails, the try ends as unknown when the engine next starts.
                await self._last(_with(unit, plain))
        return Outcome(answers=(None,))

    async def _report(self, unit: Unit, report: inner.Report) -> Outcome:
        if not report.plain:
            outcome = await self._part(unit)
            if outcome.error is None:
                return outcome
        return await self._last(_with(unit, replace(report, plain=True)))

    async def _claim(self, unit: Unit, claim: inner.Claim) -> Outcome:
        jobs: list[inner.SendJob] = []
        for key in await self._claimable(claim):
            try:
                outcome = await self._part(_with(unit, replace(claim, only=(key,))))
                if outcome.error is None and outcome.answers:
                    jobs.extend(outcome.answers[0].jobs)
                else:
                    await self._last(_with(unit, inner.Delay(keys=(key,))))
            except (StoreUnavailable, *STORE_ERRORS):
                if not jobs:
                    raise
                break  # those that are marked as being sent must leave: nobody else sends them
        return Outcome(answers=(inner.Claimed(jobs=tuple(jobs), next_at=None),))

    async def _last(self, unit: Unit) -> Outcome:
        """No other way is left: where this cannot be written either, duty is told.

        An incident that cannot be written is not told by another one; whoever raises it keeps it.
        """
        outcome = await self._part(unit)
        if outcome.error is not None and not isinstance(unit.commands[0], RaiseIncident):
            name = type(outcome.error.__cause__ or outcome.error).__name__
            incident = RaiseIncident(code=IncidentCode.COMMAND_FAILED, key=name)
            # Without its place in a log: nothing of what stands there was taken.
            await self._part(replace(_with(unit, incident), position=None))
        return outcome

    async def _part(self, unit: Unit) -> Outcome:
        error: Exception = CommandFailed("not tried")
        for extra in range(REF_EXTRA_AT_MOST):
            try:
                return (await self._carry_out([replace(unit, ref_extra=extra)])).outcomes[0]
            except (StoreUnavailable, *STORE_ERRORS):
                raise
            except IntegrityError as raised:  # maybe a reference that is taken: a longer one
                error = raised
            except Exception as raised:
                error = raised
                break
        _log.error("unit_not_written", error=type(error).__name__, where=where(error))
        failed = CommandFailed(f"{type(error).__name__} while writing; nothing of it was written")
        failed.__cause__ = error
        return Outcome(error=failed)


def _with(unit: Unit, command: Any) -> Unit:
    return replace(unit, commands=(command,))
