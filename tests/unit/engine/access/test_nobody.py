"""Asking for somebody who does not exist costs what asking for a colleague costs."""

import pytest
from argon2 import PasswordHasher, extract_parameters
from argon2.exceptions import VerifyMismatchError

from engine.access import Passwords
from engine.entropy import SeededEntropy


def test_a_name_nobody_bears_is_checked_with_the_same_work() -> None:
    passwords = Passwords(SeededEntropy(1))

    nobody, somebody = passwords._nobody, passwords.hash("correct horse battery")

    assert extract_parameters(nobody) == extract_parameters(somebody)
    # A mismatch comes after the whole work; a hash that cannot be read is refused before any.
    with pytest.raises(VerifyMismatchError):
        PasswordHasher().verify(nobody, "correct horse battery")
    assert not passwords.verify(None, "correct horse battery")
