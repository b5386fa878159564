"""Each case has a key of its own: without it, and out of its place, nothing opens."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.entropy import SeededEntropy
from engine.vault import CannotOpenError, DeploymentKeys, Secret
from engine.vault.case_keys import (
    case_key_id,
    new_case_key,
    open_for_case,
    seal_for_case,
    unwrap,
    wrap,
)

OURS, THEIRS = Secret(bytes(range(32))), Secret(bytes(range(1, 33)))
NAMES = st.text(min_size=1, max_size=20)


@given(words=st.binary(max_size=2_000), case=NAMES, row=NAMES)
def test_what_was_sealed_for_a_case_comes_back_as_it_was(words: bytes, case: str, row: str) -> None:
    entropy = SeededEntropy(1)
    key = new_case_key(entropy)
    stored = wrap(key, case=case, under=OURS, entropy=entropy)
    box = seal_for_case(Secret(words), key=key, case=case, row=row, entropy=entropy)

    again = unwrap(stored, case=case, under=OURS)
    assert box.key_id == case_key_id(case)
    assert open_for_case(box, key=again, case=case, row=row).reveal() == words
    assert len(words) < 8 or words not in box.ciphertext


@given(pair=st.tuples(NAMES, NAMES, NAMES, NAMES).filter(lambda p: p[:2] != p[2:]))
def test_a_box_that_was_put_into_another_row_or_case_opens_nothing(
    pair: tuple[str, str, str, str],
) -> None:
    """Somebody who may write to the database must not show one person's words as another's."""
    case, row, other_case, other_row = pair
    entropy = SeededEntropy(1)
    key = new_case_key(entropy)
    box = seal_for_case(Secret(b"who"), key=key, case=case, row=row, entropy=entropy)

    with pytest.raises(CannotOpenError):
        open_for_case(box, key=key, case=other_case, row=other_row)


def test_a_key_of_a_case_opens_only_with_the_key_files_of_this_deployment() -> None:
    entropy = SeededEntropy(1)
    stored = wrap(new_case_key(entropy), case="c1", under=OURS, entropy=entropy)

    for case, under in (("c1", THEIRS), ("c2", OURS)):
        with pytest.raises(CannotOpenError):
            unwrap(stored, case=case, under=under)
    with pytest.raises(CannotOpenError):
        unwrap(stored[:10], case="c1", under=OURS)


def test_the_key_that_wraps_is_none_of_the_deployments_others() -> None:
    keys = DeploymentKeys.derive(bytes(range(32)))
    others = [getattr(keys, name).reveal() for name in keys.__slots__ if name != "vault"]

    assert keys.vault.reveal() not in others
