"""Chance as the engine sees it: unguessable in service, repeatable in tests."""

from collections import Counter

import pytest

from engine.entropy import Entropy, SeededEntropy, SystemEntropy


@pytest.mark.parametrize("entropy", [SystemEntropy(), SeededEntropy(7)])
def test_a_token_has_the_length_asked_for(entropy: Entropy) -> None:
    assert [len(entropy.token(n)) for n in (1, 16, 32, 33, 100)] == [1, 16, 32, 33, 100]


@pytest.mark.parametrize("entropy", [SystemEntropy(), SeededEntropy(7)])
def test_a_code_is_always_as_many_digits_as_the_message_has_room_for(entropy: Entropy) -> None:
    codes = [entropy.code(6) for _ in range(500)]

    assert all(len(code) == 6 and code.isascii() and code.isdigit() for code in codes)
    assert any(code.startswith("0") for code in codes)


@pytest.mark.parametrize("entropy", [SystemEntropy(), SeededEntropy(7)])
@pytest.mark.parametrize("size", [0, -1])
def test_nothing_is_not_a_secret(entropy: Entropy, size: int) -> None:
    with pytest.raises(ValueError, match="at least 1"):
        entropy.token(size)
    with pytest.raises(ValueError, match="at least 1"):
        entropy.code(size)


def test_the_system_never_gives_the_same_token_twice() -> None:
    entropy = SystemEntropy()

    assert len({entropy.token(16) for _ in range(1000)}) == 1000


def test_the_same_seed_gives_the_same_run() -> None:
    first, second = SeededEntropy(7), SeededEntropy(7)

    assert [first.token(16), first.code(6)] == [second.token(16), second.code(6)]


def test_another_seed_gives_another_run() -> None:
    assert SeededEntropy(7).token(16) != SeededEntropy(8).token(16)
    assert SeededEntropy("a").token(16) != SeededEntropy("b").token(16)


def test_a_seeded_run_does_not_depend_on_the_python_version() -> None:
    assert SeededEntropy(7).token(4).hex() == "2bef8ffb"


def test_a_seeded_run_does_not_repeat_itself_and_favours_no_digit() -> None:
    entropy = SeededEntropy(7)
    codes = [entropy.code(6) for _ in range(2000)]
    digits = Counter("".join(codes))

    assert len(set(codes)) > 1990
    assert set(digits) == set("0123456789")
    assert max(digits.values()) < 1.2 * min(digits.values())
