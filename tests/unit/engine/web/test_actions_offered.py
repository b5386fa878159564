"""Each kind of party is offered what it can do, and nothing that only others can."""

import pytest

from engine.web.answer.particulars import _actions
from engine.web.words.states import ACTION
from schemas.codes import ActionKind, Mode, TrackName


@pytest.mark.parametrize("track", [TrackName.COMPANIES, TrackName.INVESTORS])
def test_whoever_has_a_contract_may_say_that_they_used_it(track: TrackName) -> None:
    assert ActionKind.CONTRACT_LEVERAGE in _actions(track)


@pytest.mark.parametrize("track", [TrackName.MISSIONS, TrackName.PROTECTION, TrackName.LEGAL])
def test_whoever_has_none_is_not_asked_about_it(track: TrackName) -> None:
    assert ActionKind.CONTRACT_LEVERAGE not in _actions(track)


def test_using_a_contract_is_quiet_by_its_nature_and_has_words() -> None:
    assert ActionKind.CONTRACT_LEVERAGE.mode is Mode.QUIET
    assert ACTION[ActionKind.CONTRACT_LEVERAGE] == "using what the contract allows"


@pytest.mark.parametrize("track", [each for each in TrackName if each is not TrackName.DUTY])
def test_everybody_may_name_something_else_and_nothing_twice(track: TrackName) -> None:
    offered = _actions(track)

    assert offered[-1] is ActionKind.OTHER
    assert len(set(offered)) == len(offered)
