"""What one person at the command line may not decide for two, or for a colleague."""

import asyncio
from types import SimpleNamespace
from typing import Any, cast

import pytest
from pydantic import ValidationError

from engine.admin import acting, consenting
from engine.admin.errors import NotCarriedOutError
from engine.admin.house import House
from engine.admin.operation import Asked
from schemas.responses import ResponseKind
from tests.unit.engine.case.builders import a_case


def test_necessity_cannot_be_recorded_as_if_somebody_had_consented() -> None:
    said = {"subject": "hotline/s1", "audiences": ["missions"], "basis": "necessity"}
    with pytest.raises(ValidationError):
        consenting.Giving.model_validate(said)


def test_nobody_makes_a_colleague_the_owner_of_a_case(monkeypatch: pytest.MonkeyPatch) -> None:
    story = a_case()

    async def loaded(house: Any, ref: str) -> Any:
        return SimpleNamespace(file=SimpleNamespace(case=story.case))

    monkeypatch.setattr(acting, "loaded", loaded)
    args = acting.Answering(
        case="TC-AAAAA",
        alert=story.duty("ana").ref,
        kind=ResponseKind.ACKNOWLEDGED,
        contact="ben",
    )
    asked = cast(Asked, SimpleNamespace(by="chi", request="r1"))

    with pytest.raises(NotCarriedOutError) as refused:
        asyncio.run(acting.respond(cast(House, None), asked, args))

    assert "case take" in refused.value.next_step
