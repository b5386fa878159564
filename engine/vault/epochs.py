"""Intake keys: one key pair a week, its private half destroyed 35 days after the week has ended.

Erasure is only true if raw records that still lie in a log or a backup can no longer be opened
(security, S7). The public half stays, so that what was sealed to it remains attributable.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from nacl.public import PrivateKey

from engine.entropy import Entropy
from engine.vault.files import alone_in, destroy, read_private, write_private, write_public
from engine.vault.keys import init_master
from engine.vault.secret import Secret

KEEP = timedelta(days=35)
_NAME = re.compile(r"intake-(\d{4})w(\d{2})")
_PRIVATE, _PUBLIC = ".key", ".pub"


@dataclass(frozen=True, slots=True, kw_only=True)
class EpochKeys:
    """The intake keys of a deployment at one moment."""

    current: str
    """Id of the key that new reports are sealed to, such as `intake-2027w09`."""
    public: Mapping[str, bytes]
    private: Mapping[str, Secret] = field(repr=False)

    @classmethod
    def load(cls, directory: Path, *, now: datetime) -> "EpochKeys":
        """Read what is there. Where this week's key is missing the newest one before it is used.

        Raises UnsafeFileError when there is no key at all, or one that others can read.
        """
        public = {path.stem: bytes.fromhex(path.read_text("ascii")) for path in _found(directory)}
        if not public:
            read_private(directory / (epoch_of(now) + _PRIVATE))  # raises, and says what to do
        private = {
            name: Secret(bytes.fromhex(read_private(path).decode("ascii")))
            for name in sorted(public)
            if (path := directory / (name + _PRIVATE)).exists()
        }
        usable = sorted(name for name in public if name in private) or sorted(public)
        begun = [name for name in usable if name <= epoch_of(now)]
        return cls(current=begun[-1] if begun else usable[0], public=public, private=private)


def init_keys(directory: Path, entropy: Entropy, now: datetime) -> EpochKeys:
    """Make the directory, the master secret and the intake keys of this week and the next.

    What exists is left as it is, so doing it twice changes nothing.
    """
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    init_master(directory, entropy)
    return rotate(directory, entropy, now)


def rotate(directory: Path, entropy: Entropy, now: datetime) -> EpochKeys:
    """Make the keys that are due and destroy the private halves that are over.

    Safe at any time, and in several processes of one directory at once.
    """
    with alone_in(directory):
        _rotate(directory, entropy, now)
        return EpochKeys.load(directory, now=now)


def _rotate(directory: Path, entropy: Entropy, now: datetime) -> None:
    for moment in (now, now + timedelta(days=7)):
        name = epoch_of(moment)
        # The private half first: after a crash in between, the public one follows from it.
        if not (directory / (name + _PUBLIC)).exists():
            path = directory / (name + _PRIVATE)
            if not path.exists():
                write_private(path, entropy.token(32).hex().encode("ascii"))
            half = PrivateKey(bytes.fromhex(read_private(path).decode("ascii")))
            write_public(directory / (name + _PUBLIC), bytes(half.public_key).hex())
    for path in sorted(directory.glob("intake-*" + _PRIVATE)):
        if _NAME.fullmatch(path.stem) and _ends(path.stem) + KEEP <= now:
            destroy(path)


def epoch_of(moment: datetime) -> str:
    """Id of the week of an aware moment, in UTC: ISO weeks, Monday to Sunday."""
    year, week, _ = moment.astimezone(UTC).isocalendar()
    return f"intake-{year:04d}w{week:02d}"


def _ends(name: str) -> datetime:
    found = _NAME.fullmatch(name)
    if found is None:
        raise ValueError(f"not the name of an intake key: {name}")
    monday = datetime.fromisocalendar(int(found[1]), int(found[2]), 1).replace(tzinfo=UTC)
    return monday + timedelta(days=7)


def _found(directory: Path) -> Iterator[Path]:
    return (
        path for path in sorted(directory.glob("intake-*" + _PUBLIC)) if _NAME.fullmatch(path.stem)
    )
