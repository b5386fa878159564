"""Apache Kafka's jars, in this user's cache: each checked against its pinned hash, all or nothing.

`jars.txt` is the lock: what jgo resolved for KAFKA once, so that nothing is resolved again. Two
processes that fetch at the same time are safe: one fetches, the other waits and finds it done.
"""

import fcntl
import hashlib
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp
from typing import TYPE_CHECKING

from engine.broker.errors import BrokerError

if TYPE_CHECKING:
    from jgo.maven import MavenContext

KAFKA = "org.apache.kafka:kafka_2.13:4.2.1"
"""4.4.0 does not resolve: a part of it was never published."""
LOCK = Path(__file__).with_name("jars.txt")
INSTALL = "Install the extra: pip install 'tocsin[kafka]', or `make venv` in a checkout."
_ATTEMPTS = 3
_TIMEOUT = 30  # seconds without a byte

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Jar:
    """One line of the lock."""

    group: str
    artifact: str
    version: str
    sha256: str

    @property
    def name(self) -> str:
        """File name in the cache."""
        return f"{self.artifact}-{self.version}.jar"


def locked_jars(text: str) -> tuple[Jar, ...]:
    """What the lock asks for. Raises ValueError on a line that is not `g:a:v sha256:hex`."""
    jars = []
    for line in text.splitlines():
        coordinate, _, digest = line.partition(" sha256:")
        group, artifact, version = coordinate.split(":")
        if len(digest) != 64:
            raise ValueError(f"{coordinate} has no SHA-256")
        jars.append(Jar(group=group, artifact=artifact, version=version, sha256=digest))
    return tuple(jars)


def cache_directory() -> Path:
    """Where this user's jars of this lock lie, whether or not they are there yet."""
    base = os.environ.get("XDG_CACHE_HOME", "")
    root = Path(base) if base.startswith("/") else Path.home() / ".cache"
    state = hashlib.sha256(LOCK.read_bytes()).hexdigest()[:12]
    return root / "tocsin" / f"kafka-{KAFKA.rpartition(':')[2]}-{state}"


def fetched_jars(*, say: Progress = lambda _line: None) -> Path:
    """The folder with every jar, fetched first if need be (some 45 MB, some ten seconds).

    Raises BrokerError when they cannot be fetched or are not what was pinned; then nothing
    half-made is left, and the call may be repeated.
    """
    target = cache_directory()
    if target.is_dir():
        return target
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with target.with_name(f"{target.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not target.is_dir():
            _fetch_all(target, say)
    return target


def _fetch_all(target: Path, say: Progress) -> None:
    jars = locked_jars(LOCK.read_text("utf-8"))
    making = Path(mkdtemp(prefix="fetching-", dir=target.parent))
    try:
        context = _context(making / "repository")
        (making / "jars").mkdir()
        for number, jar in enumerate(jars, start=1):
            say(f"Fetching Kafka: {number} of {len(jars)}  {jar.name}")
            fetch_jar(context, jar).rename(making / "jars" / jar.name)
        (making / "jars").rename(target)
    finally:
        shutil.rmtree(making, ignore_errors=True)


def _context(repository: Path) -> "MavenContext":
    try:
        from jgo.maven import MavenContext
    except ImportError as error:
        raise BrokerError("A local Kafka needs the package jgo.", next_step=INSTALL) from error
    return MavenContext(repo_cache=repository, local_repos=[], timeout=_TIMEOUT)


def fetch_jar(context: "MavenContext", jar: Jar) -> Path:
    """Where jgo put this jar. Raises BrokerError unless it is exactly what was pinned."""
    artifact = context.project(jar.group, jar.artifact).at_version(jar.version).artifact()
    why: dict[str, None] = {}
    for _ in range(_ATTEMPTS):
        try:
            path = artifact.resolve()
        except (OSError, RuntimeError) as error:  # requests' errors are OSErrors
            why[f"it could not be fetched ({type(error).__name__})"] = None
        else:
            if hashlib.sha256(path.read_bytes()).hexdigest() == jar.sha256:
                return path
            why["it is not the file that was pinned"] = None
        if artifact.cached_path is not None:
            artifact.cached_path.unlink(missing_ok=True)
    raise BrokerError(
        f"{jar.name} of Apache Kafka: {'; '.join(why)}. Nothing was kept.",
        next_step="Check that this machine reaches Maven Central, then repeat.",
    )
