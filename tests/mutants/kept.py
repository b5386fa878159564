"""What is known already, in `.mutants/`: it holds while code and tests stay as they are.

A mutant that a test noticed is not tried again until the code, what tests are built of or that
test's file changes; one that survived, as soon as any test changes.
"""

import gzip
import hashlib
import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

from tests.mutants.mutants import Came, Mutant, mutants_of
from tests.mutants.reach import OfFile
from tests.mutants.sets import Judged

ROOMS = ("rules", "schemas", "engine/case", "engine/web/answer")
BUILT_OF = ("tests/unit/rules", "tests/unit/engine/case", "tests/harness")


def listed(path: str, *, root: Path) -> list[Mutant]:
    """All mutants of a module; made once, for as long as it reads as it does."""
    digest = _digest([root / path, root / "tests" / "mutants" / "mutants.py"], root)
    kept = root / ".mutants" / "listed" / f"{path.replace('/', '.')}-{digest}.json.gz"
    if kept.exists():
        made = json.loads(gzip.decompress(kept.read_bytes()))
        return [
            Mutant(**{**each, "span": tuple(each["span"]), "cut": tuple(each["cut"])})
            for each in made
        ]
    mutants = mutants_of(root / path, root=root)
    kept.parent.mkdir(parents=True, exist_ok=True)
    for old in kept.parent.glob(f"{path.replace('/', '.')}-*"):
        old.unlink()
    _write(kept, [asdict(each) for each in mutants])
    return mutants


class Kept:
    """Results and reach for one set, under the digest of all that does not change in between."""

    def __init__(self, judged: Judged, *, root: Path) -> None:
        self._judged, self._root = judged, root
        built_of = (path for room in BUILT_OF for path in (root / room).rglob("*.py")
                    if not path.name.startswith("test_"))  # fmt: skip
        code = (path for room in ROOMS for path in (root / room).rglob("*.py"))
        whole = _digest({*code, *built_of}, root)
        self._room = root / ".mutants" / f"{judged.name}-{whole}"
        self._digests = {file: _digest([root / file], root) for file in judged.files}
        self._all = _digest([root / file for file in judged.files], root)

    def came(self, ids: Collection[str]) -> dict[str, Came]:
        """How those ended that would end so again."""
        ended: dict[str, Came] = {}
        if not self._results.exists():
            return ended
        for line in self._results.read_text("utf-8").splitlines():
            kept = json.loads(line)
            came = Came(kept["id"], kept["killed"], kept["by"])
            if came.id in ids and kept["tests"] == self._tests(came):
                ended[came.id] = came
        return ended

    @contextmanager
    def writing(self) -> Iterator[Callable[[Came], None]]:
        """Keeps what became of each as soon as it is known."""
        self._room.mkdir(parents=True, exist_ok=True)
        with self._results.open("a", encoding="utf-8") as kept:

            def write(came: Came) -> None:
                line = {"id": came.id, "killed": came.killed, "by": came.by}
                kept.write(json.dumps({**line, "tests": self._tests(came)}) + "\n")
                kept.flush()

            yield write

    def reach(self, file: str) -> OfFile | None:
        """Which lines each test of this file runs; None while that is not known."""
        path = self._reach(file)
        return json.loads(gzip.decompress(path.read_bytes())) if path.exists() else None

    def reached(self, file: str, found: Mapping[str, object]) -> None:
        """Keep it."""
        self._room.mkdir(parents=True, exist_ok=True)
        _write(self._reach(file), found)

    @property
    def green_afresh(self) -> Path:
        """There once all tests were green with modules imported afresh and nothing changed."""
        return self._room / f"green-{self._all}"

    @property
    def _results(self) -> Path:
        return self._room / "came.jsonl"

    def _reach(self, file: str) -> Path:
        return self._room / f"{Path(file).stem}-{self._digests[file]}.json.gz"

    def _tests(self, came: Came) -> str:
        if came.killed:
            return self._digests.get(came.by.partition("::")[0], "")
        return self._all


def _write(path: Path, value: object) -> None:
    """All of it or nothing, whenever the run is stopped."""
    half = path.with_suffix(".half")
    half.write_bytes(gzip.compress(json.dumps(value).encode(), mtime=0))
    half.rename(path)


def _digest(paths: Iterable[Path], root: Path) -> str:
    whole = hashlib.sha256()
    for path in sorted(paths):
        whole.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes())
    return whole.hexdigest()[:16]
