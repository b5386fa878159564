"""Commands that take a backup of a desk that runs, and put one back."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from engine.cli.bar import bar
from engine.cli.command import RUN, command
from engine.cli.exits import CommandError, Exit
from engine.cli.terminal import Terminal

if TYPE_CHECKING:
    from engine.backup import Archive
    from engine.store.database import Database


def declare(app: typer.Typer) -> None:
    """Register them."""

    @command(app, "backup", panel=RUN)
    async def backup(
        terminal: Terminal,
        file: Annotated[Path, typer.Argument(metavar="FILE", help="Made; must not be there yet.")],
        keys: Annotated[
            Path | None,
            typer.Option(metavar="FILE", help="For the keys of cases; FILE.keys if not said."),
        ] = None,
    ) -> None:
        """Take a backup of everything, while the desk runs. Keys of cases go into a second file."""
        from engine.backup import BackupError, take
        from engine.clock import SystemClock
        from engine.store.database import StoreError

        keys_file = keys or file.with_name(file.name + ".keys")
        database = _database(terminal, exclusive=False)
        try:
            with bar(terminal, "Taking a backup") as told:
                taken = take(
                    database,
                    file=file,
                    keys_file=keys_file,
                    now=SystemClock().now(),
                    told=told,
                )
        except (BackupError, StoreError) as error:
            raise CommandError(Exit.USAGE, str(error)) from None
        except OSError as error:
            raise CommandError(
                Exit.UNREACHABLE,
                f"{file} cannot be written: {error.strerror}.",
                next_step="Name a place with room that you may write to.",
            ) from None
        finally:
            database.close()
        terminal.done(
            {
                "file": str(file),
                "keys_file": str(keys_file),
                "rows": taken.rows,
                "taken_at": taken.desk.taken_at,
                "schema_version": taken.desk.schema_version,
            },
            [
                f"{file}: everything but keys, {taken.rows:,} rows as of {taken.desk.taken_at}.",
                f"{keys_file}: the keys of cases. Keep it elsewhere, for 30 days at most.",
                f"Not in either: {terminal.settings.keys_dir}. Keep a copy apart from both.",
                f"Try it once: tocsin restore --check {file}",
            ],
        )

    @command(app, "restore", panel=RUN)
    async def restore(
        terminal: Terminal,
        file: Annotated[Path, typer.Argument(metavar="FILE", help="From `tocsin backup`.")],
        keys: Annotated[
            Path | None,
            typer.Option(metavar="FILE", help="The keys of cases; FILE.keys if it is there."),
        ] = None,
        check: Annotated[
            bool, typer.Option("--check", help="Only read both files and compare every byte.")
        ] = False,
        aside: Annotated[
            bool, typer.Option("--aside", help="Move the database file that is there aside first.")
        ] = False,
    ) -> None:
        """Put a backup back. The desk starts held: only duty is told until two people agree."""
        from engine.backup import Archive, BackupError, put_back
        from engine.store.database import StoreError

        keys_file = keys or file.with_name(file.name + ".keys")
        try:
            archive = Archive.open(file)
            case_keys = Archive.open(keys_file) if keys or keys_file.exists() else None
            if check:
                _checked(terminal, archive, case_keys)
                return
            database = _empty(terminal, aside=aside)
            try:
                with bar(terminal, "Putting it back") as told:
                    returned = put_back(database, archive, case_keys=case_keys, told=told)
            finally:
                database.close()
        except (BackupError, StoreError) as error:
            raise CommandError(Exit.USAGE, str(error)) from None
        lines = [f"Put back: {returned.rows:,} rows as of {returned.taken_at}."]
        if not returned.with_case_keys:
            lines.append("Without the keys of cases: what is sealed stays closed. All else works.")
        lines += [
            "When the desk starts, it is held: nothing goes out but to duty, which is called.",
            "Look who was told and who took consent back since then, and say it again.",
            "Then two people let it go on: tocsin stop --off",
        ]
        terminal.done(
            {
                "rows": returned.rows,
                "taken_at": returned.taken_at,
                "case_keys": returned.with_case_keys,
                "held": True,
            },
            lines,
        )


def _checked(terminal: Terminal, archive: "Archive", case_keys: "Archive | None") -> None:
    rows = archive.rows + (case_keys.rows if case_keys else 0)
    lines = [f"Whole: {rows:,} rows as of {archive.manifest.taken_at}. Nothing was changed."]
    if case_keys is None:
        lines.append("The keys of cases were not looked at: name their file with --keys.")
    terminal.done(
        {
            "rows": rows,
            "taken_at": archive.manifest.taken_at,
            "schema_version": archive.manifest.schema_version,
            "case_keys": case_keys is not None,
        },
        lines,
    )


def _database(terminal: Terminal, *, exclusive: bool) -> "Database":
    from engine.store.database import Database, StoreError
    from engine.store.locks import FileInUseError

    try:
        return Database(terminal.settings.database.get_secret_value(), exclusive=exclusive)
    except FileInUseError as error:
        raise CommandError(Exit.UNREACHABLE, str(error), next_step="Stop the engine.") from None
    except StoreError as error:
        raise CommandError(Exit.USAGE, str(error)) from None


def _empty(terminal: Terminal, *, aside: bool) -> "Database":
    """The database to fill; a file that is there is moved aside once nobody holds it."""
    from engine.clock import SystemClock

    database = _database(terminal, exclusive=True)
    if not aside or not database.sqlite:
        return database
    path = Path(str(database.url.database))
    moved = path.with_name(f"{path.name}.before-{SystemClock().now():%Y%m%dT%H%M%S}")
    _move(path, moved)
    database.close()
    return _database(terminal, exclusive=True)


def _move(path: Path, to: Path) -> None:
    """Move a database, with the log that may hold its newest rows, where SQLite finds it again.

    Both have both names before either loses its first: killed in between, nothing is lost. SQLite
    throws the log of an empty file away.
    """
    parts = [end for end in ("", "-wal", "-shm") if path.with_name(path.name + end).exists()]
    for end in parts:
        to.with_name(to.name + end).hardlink_to(path.with_name(path.name + end))
    for end in parts:
        path.with_name(path.name + end).unlink()
