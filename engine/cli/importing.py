"""One run of `tocsin registry import`: read, check and compare here, hand over what changes.

Why here and not in the engine: `engine.admin.importing`.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

from engine.cli import told_of
from engine.cli.asking import Ask, asking, read_door
from engine.cli.bar import Told, bar
from engine.cli.exits import CommandError, Exit
from engine.cli.terminal import Terminal
from engine.clock import SystemClock
from engine.registry.history import Edition, Known, TooMuchDroppedError, read_known
from engine.registry.history.taking import prepare
from engine.registry.importer import ImportRefused, read_files
from engine.registry.imports.circling import circles_of, warnings
from engine.registry.imports.closing import CLOSING, with_closings
from engine.registry.imports.formats import FORMATS
from engine.registry.imports.own.written import REGISTRY, may_hold_roster
from engine.registry.imports.planning import Planned, digest, named, plan
from engine.registry.imports.reading import BYTES_AT_MOST, NotTaken, read_file
from engine.registry.imports.tally import tally
from engine.registry.imports.together import FileRows, together
from engine.registry.rows import Fate, Setting, SourceFile
from engine.registry.same_names import file_of_same_names
from engine.store.database import Database, StoreError, read
from engine.store.schema import check_version
from engine.store.versions import What

BYTES_OF_A_CHUNK = 1_000_000
ROWS_OF_A_CHUNK = 1_000
TRIES = 5
"""How often what others changed meanwhile is compared anew."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What the person says about the files."""

    format: str = ""
    as_of: date | None = None
    stands: bool = False
    words: Mapping[str, str] = field(default_factory=dict)
    dry_run: bool = False
    accept_removals: bool = False
    complete: bool = False
    """The files are all that their sources say."""
    all_lines: bool = False
    expect: str = ""
    """What a dry run said it would take (`engine.registry.imports.planning.digest`)."""


@dataclass(slots=True, kw_only=True)
class Run:
    """What became of every file."""

    planned: list[Planned] = field(default_factory=list)
    not_taken: list[NotTaken] = field(default_factory=list)
    versions: dict[str, str] = field(default_factory=dict)
    """File -> the registry's version that it led to."""
    warnings: tuple[str, ...] = ()
    """What to look at, each with its file and line: circles of control, and in the roster that was
    taken."""
    whole: tuple[str, ...] = ()
    """The registry's own YAML files where one holds a roster: then they are taken as one."""


async def import_files(terminal: Terminal, paths: list[Path], wish: Wish) -> int:
    """Carry it out and say what became of it; the exit code."""
    if wish.format and wish.format not in FORMATS:
        raise CommandError(
            Exit.USAGE,
            "There is no such format.",
            next_step="Formats: " + ", ".join(sorted(FORMATS)) + ".",
        )
    async with asking(terminal) as ask:
        who = str((await ask("whoami"))["person"])
        setting = Setting(
            today=SystemClock().now().date(),
            as_of=wish.as_of,
            verified_by=who if wish.stands else "",
            words=wish.words,
        )
        run = Run()
        with bar(terminal, "Reading") as told:
            files = list(_read_all(list(_found(paths)), setting, wish, run, told))
        run.whole = _whole(files)
        if run.whole:
            mistakes = _mistakes(files, run)
            run.not_taken += mistakes
            one = () if mistakes else _as_one(files)
            files = [*one, *(each for each in files if each.format != REGISTRY.name)]
        known = known_now(terminal)
        files += file_of_same_names(known, files)
        plan_files(files, known, wish, run)
        found = circles_of(run.planned, known.links)
        run.warnings = warnings(found, every=wish.all_lines)
        _check_expected(run.planned, wish)
        if not wish.dry_run:
            await take_all(terminal, ask, run, wish)
    terminal.done(told_of.result(run, wish), told_of.lines(run, wish))
    asked_for = {str(path) for path in paths}
    lost = [each for each in run.not_taken if each.known or each.name in asked_for]
    return Exit.USAGE if lost else Exit.DONE


def _found(paths: Iterable[Path]) -> Iterator[Path]:
    """The files, those of a folder in order. Raises CommandError."""
    for path in paths:
        if path.is_dir():
            yield from (each for each in sorted(path.rglob("*")) if each.is_file())
        elif path.is_file():
            yield path
        else:
            raise CommandError(
                Exit.USAGE, f"{path}: there is no such file.", next_step="Correct the path."
            )


def _read_all(
    paths: list[Path], setting: Setting, wish: Wish, run: Run, told: Told
) -> Iterator[FileRows]:
    for number, path in enumerate(paths):
        told(number, len(paths))
        read_one = _read_one(path, setting, wish)
        if isinstance(read_one, NotTaken):
            run.not_taken.append(read_one)
        else:
            yield read_one


def _read_one(path: Path, setting: Setting, wish: Wish) -> FileRows | NotTaken:
    try:
        if path.stat().st_size > BYTES_AT_MOST:
            why = f"larger than {BYTES_AT_MOST >> 20} MB; split it and import the parts"
            return NotTaken(name=str(path), why=why)
        data = path.read_bytes()
    except OSError as error:
        return NotTaken(name=str(path), why=f"cannot be read: {error.strerror}")
    file = SourceFile(name=str(path), data=data)
    return read_file(file, setting, formats=FORMATS, named=wish.format)


def _whole(files: Iterable[FileRows]) -> tuple[str, ...]:
    """The YAML files, where one may hold a roster: people and their addresses come together."""
    names = tuple(each.name for each in files if each.format == REGISTRY.name)
    return names if any(may_hold_roster(Path(name).read_bytes()) for name in names) else ()


def _mistakes(files: Iterable[FileRows], run: Run) -> list[NotTaken]:
    """Of files that are taken as a whole: with one wrong record nothing of them is, so that a dry
    run says of them what the run does."""
    own = [each for each in files if each.format == REGISTRY.name]
    if not any(row.fate is Fate.REFUSED for each in own for row in each.rows):
        return []
    try:
        read_files(_texts(run.whole))
    except ImportRefused as error:
        return [NotTaken(name=", ".join(run.whole), why=f"nothing of them is taken:\n{error}")]
    return []


def _as_one(files: Iterable[FileRows]) -> Iterator[FileRows]:
    """With a roster the registry's own YAML files are taken as a whole, as at a start."""
    whole = [each for each in files if each.format == REGISTRY.name]
    if whole:
        rows = tuple(row for each in whole for row in each.rows)
        yield replace(whole[0], name=", ".join(each.name for each in whole), rows=rows)


def known_now(terminal: Terminal) -> Known:
    """What is in force, read from the store itself; writing is the engine's."""
    try:
        database = Database(terminal.settings.database.get_secret_value(), exclusive=False)
        try:
            with database.reader() as conn:
                check_version(conn)
                return read(conn, read_known)
        finally:
            database.close()
    except StoreError as error:
        raise CommandError(Exit.UNREACHABLE, str(error), next_step="Run `tocsin doctor`.") from None


def plan_files(files: list[FileRows], known: Known, wish: Wish, run: Run) -> None:
    """What each file changes; those that drop too much are left out, and what only they bring is
    then unknown."""
    if wish.complete:
        files[:] = [replace(each, complete=each.format in FORMATS) for each in files]
    left_out: list[NotTaken] = []
    while True:
        checked = together(files, known=named(known))
        steps, unclosed = with_closings(checked, apart=(REGISTRY.name,) if run.whole else ())
        without = {each.name for each in left_out}
        run.planned = list(plan((each for each in steps if each.name not in without), known))
        dropping = None if wish.accept_removals else _dropping(run.planned)
        if dropping is None:
            run.not_taken += [*left_out, *unclosed]
            return
        name, why = dropping
        left_out.append(NotTaken(name=name, why=why))
        files[:] = [each for each in files if each.name != name]


def _dropping(planned: Iterable[Planned]) -> tuple[str, str] | None:
    for each in planned:
        try:
            each.changes.check_dropped()
        except TooMuchDroppedError as error:
            return each.file.name, f"{error} (--accept-removals)"
    return None


async def take_all(terminal: Terminal, ask: Ask, run: Run, wish: Wish) -> None:
    """File after file, each in force before the next one begins."""
    waiting, run.planned = run.planned, []
    tries = 0
    while waiting:
        first, *rest = waiting
        if run.whole and first.file.format == REGISTRY.name:
            taken = await ask("registry.import", files=_texts(run.whole), drop=wish.accept_removals)
            version: str | None = str(taken["version"])
            run.warnings += tuple(taken.get("warnings", ()))
        else:
            try:
                version = await _take(terminal, ask, first, wish)
            except CommandError as error:
                if first.file.format != CLOSING or error.code is not Exit.USAGE:
                    raise
                # What the files bring is in force; to close would leave duty without an address.
                why = f"nothing is closed: {error.what} Name the files that have it as well."
                run.not_taken.append(NotTaken(name=first.file.name, why=why))
                waiting = rest
                continue
        if version is not None:
            run.planned.append(first)
            run.versions[first.file.name] = version
            waiting, tries = rest, 0
        elif (tries := tries + 1) < TRIES:
            left, before = [each.file for each in waiting], digest(waiting)
            waiting = list(plan(left, known_now(terminal)))
            if wish.expect and digest(waiting) != before:
                raise _changed_since()
        else:
            raise CommandError(
                Exit.REFUSED,
                f"{first.file.name}: others change the registry all the time.",
                next_step="Import it once more; what is in force stays so.",
            )


def _check_expected(planned: Iterable[Planned], wish: Wish) -> None:
    if wish.expect and digest(planned) != wish.expect:
        raise _changed_since()


def _changed_since() -> CommandError:
    return CommandError(
        Exit.REFUSED,
        "It is no longer what the dry run showed: a file or the registry has changed.",
        next_step="Look again with --dry-run; what is in force stays so.",
    )


def _texts(names: Iterable[str]) -> dict[str, str]:
    texts = {name: Path(name).read_text("utf-8-sig") for name in names}
    if sum(map(len, texts.values())) > BYTES_OF_A_CHUNK:
        raise CommandError(
            Exit.USAGE,
            "With a roster YAML files are taken as a whole, and these are too large for that.",
            next_step="Keep parties, links and contacts as CSV: docs/howto/people-and-parties.md",
        )
    return texts


async def _take(terminal: Terminal, ask: Ask, planned: Planned, wish: Wish) -> str | None:
    """Its changes in force: the registry's version; None when others changed something first."""
    file, changes = planned.file, planned.changes
    if not changes.all:
        return ""
    counted = tally(file.rows)
    edition = Edition(
        source=file.source,
        by="",  # whoever is logged in: the engine says who that is
        file=Path(file.name).name,
        sha256=file.sha256,
        as_of=wish.as_of,
        counts={
            "read": counted.read,
            "imported": counted.imported,
            "ambiguous": counted.ambiguous,
            "refused": counted.refused,
        },
    )
    new, rows = prepare(changes, edition, at=SystemClock().now())
    begun = await ask(
        "registry.begin",
        id=new.id, base=new.base, source=new.source, file=new.file, sha256=new.sha256,
        as_of=new.as_of.isoformat() if new.as_of else None, size=new.size, counts=dict(new.counts),
    )  # fmt: skip
    stored = int(begun["stored"])
    with bar(terminal, f"Importing {edition.file}") as told:
        while stored < len(rows):
            told(stored, len(rows))
            part = list(_chunk(rows[stored : stored + ROWS_OF_A_CHUNK]))
            done = await ask("registry.put", id=new.id, first=stored, rows=part)
            if done["overtaken"]:
                return None
            stored = int(done["stored"])
    finished = await ask("registry.finish", id=new.id, drop=wish.accept_removals)
    if finished["overtaken"]:
        return None
    if read_door(terminal.settings.data_dir) is not None:
        await _follow(terminal, ask)
    return str(finished["version"])


async def _follow(terminal: Terminal, ask: Ask) -> None:
    """Until the engine decides by it, it tells its own people alone."""
    try:
        await ask("registry.follow")
    except CommandError as error:
        if error.code is not Exit.UNREACHABLE:
            raise
        terminal.warn("It is in force. The engine still reads it, and tells nobody outside yet.")


def _chunk(rows: Iterable[tuple[What, dict[str, Any]]]) -> Iterator[dict[str, Any]]:
    """As many as a request may hold, at least one."""
    size = 0
    for what, row in rows:
        size += len(row["body"])
        if size > BYTES_OF_A_CHUNK and size > len(row["body"]):
            return
        yield {
            "what": what.value,
            "id": row["id"],
            "n": row["n"],
            "source": row["source"],
            "line": row["line"],
            "body": row["body"].decode("utf-8"),
        }
