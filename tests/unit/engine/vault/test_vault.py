"""What is sealed stays sealed, can be read for a while, and then never again."""

import os
import pickle
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from nacl.public import PrivateKey, PublicKey, SealedBox

from engine.case import commands as c
from engine.entropy import SeededEntropy
from engine.vault import (
    CannotOpenError,
    DeploymentKeys,
    EpochKeys,
    Secret,
    UnsafeFileError,
    Vault,
    init_keys,
    rotate,
)
from engine.vault.epochs import epoch_of
from engine.vault.keys import keyed

NOW = datetime(2027, 3, 1, 22, 0, tzinfo=UTC)


def a_vault(directory: Path, *, now: datetime = NOW) -> Vault:
    entropy = SeededEntropy(7)
    return Vault(init_keys(directory, entropy, now), entropy=entropy)


def test_what_was_sealed_is_read_by_the_desk_and_by_nobody_without_the_key(tmp_path: Path) -> None:
    vault = a_vault(tmp_path / "keys")

    box = vault.seal(b"who and where")

    assert b"who" not in box.ciphertext
    assert vault.open_box(box).reveal() == b"who and where"
    with pytest.raises(CannotOpenError):
        a_vault(tmp_path / "other").open_box(
            c.SealedBox(key_id=box.key_id, ciphertext=box.ciphertext[:-1] + b"\0")
        )


def test_sealing_the_same_words_twice_does_not_show_that_they_are_the_same(tmp_path: Path) -> None:
    vault = a_vault(tmp_path)

    assert vault.seal(b"same").ciphertext != vault.seal(b"same").ciphertext


def test_a_publisher_seals_with_any_libsodium_and_the_desk_opens_it(tmp_path: Path) -> None:
    vault = a_vault(tmp_path)
    name, public = vault.intake_key

    sealed = SealedBox(PublicKey(public)).encrypt(b"from a hotline")

    box = c.SealedBox(key_id=name, ciphertext=sealed)
    assert vault.open_box(box).reveal() == b"from a hotline"


def test_our_boxes_are_ordinary_sealed_boxes(tmp_path: Path) -> None:
    vault = a_vault(tmp_path)
    keys = EpochKeys.load(tmp_path, now=NOW)

    box = vault.seal(b"words")

    private = PrivateKey(keys.private[box.key_id].reveal())
    assert SealedBox(private).decrypt(box.ciphertext) == b"words"


def test_key_files_are_for_their_owner_alone_whatever_the_umask(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        init_keys(tmp_path / "keys", SeededEntropy(1), NOW)
    finally:
        os.umask(before)

    private = sorted((tmp_path / "keys").glob("*.key"))
    assert [path.name for path in private] == [
        "intake-2027w09.key",
        "intake-2027w10.key",
        "master.key",
    ]
    assert {path.stat().st_mode & 0o777 for path in private} == {0o600}


def test_making_keys_twice_keeps_the_first_ones(tmp_path: Path) -> None:
    first = init_keys(tmp_path, SeededEntropy(1), NOW)
    master = (tmp_path / "master.key").read_bytes()

    second = init_keys(tmp_path, SeededEntropy(2), NOW)

    assert first.public == second.public
    assert (tmp_path / "master.key").read_bytes() == master


@pytest.mark.parametrize("name", ["master.key", "intake-2027w09.key"])
def test_a_key_that_others_can_read_stops_the_start_and_says_what_to_do(
    tmp_path: Path, name: str
) -> None:
    init_keys(tmp_path, SeededEntropy(1), NOW)
    (tmp_path / name).chmod(0o644)

    with pytest.raises(UnsafeFileError, match="chmod 600"):
        EpochKeys.load(tmp_path, now=NOW)
        DeploymentKeys.load(tmp_path)


def test_missing_keys_name_the_command_that_makes_them(tmp_path: Path) -> None:
    with pytest.raises(UnsafeFileError, match="tocsin init"):
        EpochKeys.load(tmp_path, now=NOW)
    with pytest.raises(UnsafeFileError, match="tocsin init"):
        DeploymentKeys.load(tmp_path)


@pytest.mark.parametrize("weak", ["00" * 32, "ab" * 32, "0123456789abcdef", "", "not hex at all"])
def test_a_weak_master_secret_stops_the_start(tmp_path: Path, weak: str) -> None:
    path = tmp_path / "master.key"
    path.write_text(weak)
    path.chmod(0o600)

    with pytest.raises(UnsafeFileError) as caught:
        DeploymentKeys.load(tmp_path)

    assert not weak or weak not in str(caught.value)


def test_each_purpose_has_its_own_key_and_the_same_one_after_a_restart(tmp_path: Path) -> None:
    init_keys(tmp_path, SeededEntropy(1), NOW)

    first, second = DeploymentKeys.load(tmp_path), DeploymentKeys.load(tmp_path)

    names = DeploymentKeys.__slots__
    assert len({getattr(first, name).reveal() for name in names}) == len(names)
    assert first == second
    assert keyed(first.receipt, "a", "bc") != keyed(first.receipt, "ab", "c")


def test_a_raw_record_can_no_longer_be_opened_35_days_after_its_week(tmp_path: Path) -> None:
    vault = a_vault(tmp_path)
    box = vault.seal(b"who")
    week_over = datetime(2027, 3, 8, tzinfo=UTC)

    still = Vault(
        rotate(tmp_path, SeededEntropy(2), week_over + timedelta(days=34, hours=23)),
        entropy=SeededEntropy(3),
    )
    assert still.open_box(box).reveal() == b"who"
    gone = Vault(
        rotate(tmp_path, SeededEntropy(4), week_over + timedelta(days=35)),
        entropy=SeededEntropy(5),
    )

    with pytest.raises(CannotOpenError, match="35 days"):
        gone.open_box(box)
    assert not (tmp_path / "intake-2027w09.key").exists()
    assert (tmp_path / "intake-2027w09.pub").exists()


def test_a_forgotten_rotation_does_not_stop_reports_from_being_sealed(tmp_path: Path) -> None:
    init_keys(tmp_path, SeededEntropy(1), NOW)

    keys = EpochKeys.load(tmp_path, now=NOW + timedelta(days=60))

    assert keys.current == "intake-2027w10"
    assert Vault(keys, entropy=SeededEntropy(2)).seal(b"x").key_id == "intake-2027w10"


def test_a_crash_while_making_keys_leaves_nothing_half_made(tmp_path: Path) -> None:
    init_keys(tmp_path, SeededEntropy(1), NOW)
    (tmp_path / "intake-2027w09.pub").unlink()

    mended = rotate(tmp_path, SeededEntropy(2), NOW)

    private = PrivateKey(mended.private["intake-2027w09"].reveal())
    assert bytes(private.public_key) == mended.public["intake-2027w09"]


def test_weeks_are_counted_in_utc_and_across_the_year() -> None:
    assert epoch_of(datetime(2027, 1, 3, 23, 59, tzinfo=UTC)) == "intake-2026w53"
    assert epoch_of(datetime(2027, 1, 4, tzinfo=UTC)) == "intake-2027w01"


def test_a_secret_does_not_show_itself() -> None:
    secret = Secret(b"hidden")

    assert f"{secret} {secret!r} {secret:>10} {[secret]}" == "*** *** *** [***]"
    assert secret.matches(b"hidden")
    assert not secret.matches(b"hiddem")
    with pytest.raises(TypeError):
        pickle.dumps(secret)
    with pytest.raises(TypeError):
        hash(secret)
