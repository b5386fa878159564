"""What subjects allow, as our people record it: given, narrowed, taken back, agreed to by two."""

import asyncio
from dataclasses import replace
from datetime import timedelta

from engine.case import commands as c
from engine.case.state import Case
from engine.store import consents
from rules import granting
from schemas.codes import FieldName, Mode, TrackName
from schemas.consent import Basis, Consent, ConsentDoor, Inability, Scope
from tests.replay_harm.ledger import of_case
from tests.replay_harm.reports import AUDIENCES
from tests.replay_harm.sayings import Allowed
from tests.replay_harm.voice import OURS, Voice

_FIELDS = (FieldName.COUNTRY, FieldName.ACT, FieldName.CERTAINTY, FieldName.SECTOR)


class Subjects:
    """Somebody of ours spoke with a subject, and writes down what was said."""

    def __init__(self, voice: Voice) -> None:
        self._voice = voice
        self._n = 0

    async def one(self, case: Case) -> None:
        """One word about one subject of a case; or agreeing with what somebody asked for."""
        voice, rng = self._voice, self._voice.rng
        pseudonym = rng.choice(case.subjects or (of_case(case.id),))
        asked = self._asked(pseudonym)
        if asked is not None and rng.random() < 0.7:
            await self._agree(pseudonym, asked)
            return
        draw = rng.random()
        if draw < 0.6:
            await self._give(pseudonym)
        elif draw < 0.85:
            await self._narrow(pseudonym)
        else:
            said = self._word(pseudonym, voice.somebody(), audiences=(), revoked=True)
            await self._change(said, "revoked")

    async def _give(self, pseudonym: str) -> None:
        """All that the subject allows now; often a second person says the same."""
        rng = self._voice.rng
        proxy = rng.random() < 0.15 and not pseudonym.startswith("case:")
        said = self._word(
            pseudonym,
            self._voice.somebody(),
            audiences=tuple(TrackName(x) for x in rng.sample(AUDIENCES, rng.choice((2, 5, 8, 9)))),
            mode=rng.choice((Mode.QUIET, Mode.PRIVATE, Mode.PRIVATE)),
            fields=tuple(rng.sample(_FIELDS, 2)) if rng.random() < 0.2 else (),
            until=self._voice.now + timedelta(hours=rng.uniform(0.5, 12))
            if rng.random() < 0.2
            else None,
            basis=_basis(pseudonym, proxy=proxy),
            inability=Inability.DETAINED if proxy else None,
            note="note-1" if proxy else "",
        )
        await self._change(said, "granted")
        if rng.random() < 0.5:
            await asyncio.sleep(rng.expovariate(1 / 600))
            again = replace(said, id=self._id(), by=self._other(said.by), given_at=self._voice.now)
            if await self._change(again, "granted"):
                self._voice.counts["second_person_agreed"] += 1

    async def _narrow(self, pseudonym: str) -> None:
        rng = self._voice.rng
        said = self._word(
            pseudonym,
            self._voice.somebody(),
            audiences=tuple(TrackName(x) for x in rng.sample(AUDIENCES, rng.choice((2, 5)))),
            mode=Mode.PUBLIC,
            basis=Basis.NO_IDENTIFIABLE_PERSON,
        )
        await self._change(said, "narrowed")

    async def _change(self, said: Consent, state: str) -> bool:
        word = _allowed(said.pseudonym, said.scope, by=said.by)
        word = replace(
            word,
            revoked=said.revoked,
            narrows=state == "narrowed",
            given_at=said.given_at,
        )
        done = await self._voice.command(
            lambda inbox: c.ConsentChanged(inbox=inbox, consent=said, state=state),  # type: ignore[arg-type]
            word,
        )
        if done is not None:
            self._voice.counts[f"person_{state} {done.detail}"] += 1
        return done is not None and done.detail == "in_force"

    async def _agree(self, pseudonym: str, asked: Scope) -> None:
        """As it was shown: what came since is agreed to by nobody."""
        by = self._voice.somebody()
        word = replace(_allowed(pseudonym, asked, by=by), agrees=True)
        id = self._id()
        done = await self._voice.command(
            lambda inbox: c.AgreeToConsent(
                inbox=inbox,
                pseudonym=pseudonym,
                wider=granting.digest(asked),
                id=id,
                by=by,
                door=ConsentDoor.CONSOLE,
            ),
            word,
        )
        if done is not None:
            self._voice.counts[f"agreed {done.detail}"] += 1

    def _asked(self, pseudonym: str) -> Scope | None:
        """What stands on the page: allowed, as somebody says, once enough people agree."""
        view = self._voice.machine.looking.begin()
        try:
            found = consents.newest(self._voice.machine.looking, (pseudonym,)).get(pseudonym)
        finally:
            view.rollback()
        wider = None if found is None else found[1].wider
        return None if wider is None else wider.scope

    def _word(self, pseudonym: str, by: str, **said: object) -> Consent:
        scope: dict[str, object] = {"mode": Mode.QUIET, "basis": Basis.PERSON, **said}
        return Consent(
            id=self._id(),
            pseudonym=pseudonym,
            given_at=self._voice.now,
            by=by,
            door=ConsentDoor.TERMINAL,
            **scope,  # type: ignore[arg-type]
        )

    def _other(self, by: str) -> str:
        return self._voice.rng.choice([each for each in OURS if each != by])

    def _id(self) -> str:
        self._n += 1
        return f"kperson{self._n}"


def _basis(pseudonym: str, *, proxy: bool) -> Basis:
    if pseudonym.startswith("case:"):
        return Basis.NO_IDENTIFIABLE_PERSON
    return Basis.REPRESENTATIVE if proxy else Basis.PERSON


def _allowed(pseudonym: str, scope: Scope, *, by: str) -> Allowed:
    return Allowed(
        pseudonym=pseudonym,
        audiences=frozenset(each.value for each in scope.audiences),
        mode=scope.mode.value,
        until=scope.until,
        fields=frozenset(each.value for each in scope.fields),
        basis=scope.basis.value,
        by=by,
    )
