"""What became of an import, in one table: every row that was read, and why some were not taken."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from engine.cli.terminal import table
from engine.registry.history import Change, Changes
from engine.registry.imports.closing import CLOSING
from engine.registry.imports.formats import FORMATS
from engine.registry.imports.planning import digest
from engine.registry.imports.said import said
from engine.registry.imports.tally import Reason, tally
from engine.registry.rows import Why
from engine.registry.told import differing

if TYPE_CHECKING:
    from engine.cli.importing import Run, Wish

SHOWN = 10
"""Lines named for one reason, and changes shown of one kind, unless all are wanted."""
DIFFERENCES = 1_000
"""Of one file, for a script; the rest is counted, unless all are wanted."""
_LETTERS = 60
"""Of a value that a person sees."""
_KINDS = ("added", "changed", "closed", "withdrawn")
_SIGN = {"added": "+", "changed": "~", "closed": "-", "withdrawn": "-"}
_SAID_KINDS = {**{kind: kind for kind in _KINDS}, "unchanged": "as they were"}
_COUNTS = ("read", "imported", "ambiguous", "refused")


def result(run: "Run", wish: "Wish") -> dict[str, Any]:
    """For a script: all of it."""
    files = []
    total = dict.fromkeys((*_COUNTS, *_KINDS, "unchanged"), 0)
    for each in run.planned:
        counted = tally(each.file.rows)
        counts = {
            **{name: getattr(counted, name) for name in _COUNTS},
            **_changed(each.changes),
        }
        of_rows = each.file.format in FORMATS  # the same names come from no file
        total = {
            name: total[name] + (counts[name] if of_rows or name not in _COUNTS else 0)
            for name in total
        }
        files.append(
            {
                "file": each.file.name,
                "format": each.file.format,
                **counts,
                "reasons": [_reason(reason) for reason in counted.reasons],
                **_shown(each.changes, wish),
                "version": run.versions.get(each.file.name, ""),
            }
        )
    return {
        "dry_run": wish.dry_run,
        "files": files,
        "total": total,
        "warnings": list(run.warnings),
        "digest": digest(run.planned) if wish.dry_run else "",
        "not_taken": [{"file": each.name, "why": each.why} for each in run.not_taken],
    }


def lines(run: "Run", wish: "Wish") -> Iterator[str]:
    """For a person: what changes, then the table, with the reasons below."""
    most = None if wish.all_lines else SHOWN
    for each in run.planned:
        if wish.dry_run and each.changes.all:
            yield f"{each.file.name}:"
            yield from _differences(each.changes, most)
            yield ""
    found = result(run, wish)
    yield from table(_table(found))
    yield ""
    yield from _reasons(run, most)
    for lost in run.not_taken:
        yield f"Not taken: {lost.name}: {lost.why.removeprefix(f'{lost.name}:').strip()}"
    for warning in run.warnings:
        yield f"Look at it: {warning}"
    yield (
        "Records: "
        + ", ".join(f"{found['total'][kind]:,} {word}" for kind, word in _SAID_KINDS.items())
        + "."
    )
    yield _ending(found, run, wish)


def _table(found: Mapping[str, Any]) -> Iterator[tuple[str, ...]]:
    yield ("file", "format", "rows read", *_COUNTS[1:])
    read = [each for each in found["files"] if each["format"] in FORMATS]
    for each in (*read, {"file": "all", "format": "", **found["total"]}):
        yield (each["file"], each["format"], *(f"{each[name]:,}" for name in _COUNTS))


def _differences(changes: Changes, most: int | None) -> Iterator[str]:
    for kind in _KINDS:
        some: tuple[Change, ...] = getattr(changes, kind)
        for change in some[:most]:
            where = f", line {change.line}" if change.line else ""
            yield f"  {_SIGN[kind]} {kind} {change.what.value} {change.id}{where}"
            if kind == "changed":
                yield from (f"      {line}" for line in _fields(change))
        if len(some) > len(some[:most]):
            yield f"  {_SIGN[kind]} {kind}: {len(some) - len(some[:most]):,} more (--all-lines)"


def _fields(change: Change) -> Iterator[str]:
    for name, was, now in _differing(change):
        said = f"{_short(was)} -> {_short(now)}" if was or now else "changed"
        yield f"{name}: {said}"


def _short(value: str) -> str:
    return (value if len(value) <= _LETTERS else f"{value[: _LETTERS - 1]}…") or "nothing"


def _differing(change: Change) -> Iterator[tuple[str, str, str]]:
    if change.record is not None and change.was is not None:
        yield from differing(change.record, change.was)


def _shown(changes: Changes, wish: "Wish") -> dict[str, Any]:
    if not wish.dry_run:
        return {"differences": [], "differences_left_out": 0}
    every = [(kind, change) for kind in _KINDS for change in getattr(changes, kind)]
    some = every if wish.all_lines else every[:DIFFERENCES]
    return {
        "differences": [_difference(kind, change) for kind, change in some],
        "differences_left_out": len(every) - len(some),
    }


def _difference(kind: str, change: Change) -> dict[str, Any]:
    return {
        "kind": kind,
        "what": change.what.value,
        "id": change.id,
        "line": change.line,
        "fields": [{"field": name, "was": was, "is": now} for name, was, now in _differing(change)],
    }


def _reasons(run: "Run", most: int | None) -> Iterator[str]:
    for each in run.planned:
        if each.file.format == CLOSING:
            yield f"{each.file.name}: {len(each.changes.closed):,} closed."
            continue
        if each.file.format not in FORMATS:
            yield f"{len(each.file.rows):,} times two parties bear one name: {said(Why.SAME_NAME)}."
            continue
        for reason in tally(each.file.rows).reasons:
            count = len(reason.lines)
            where = ", ".join(map(str, reason.lines[:most]))
            more = "" if most is None or count <= most else f" and {count - most:,} more"
            column = f" ({reason.column})" if reason.column else ""
            yield f"{each.file.name}: {count:,} {reason.fate.value}{column}: {said(reason.why)}."
            yield f"  line{'s' if count > 1 else ''} {where}{more}"


def _reason(reason: Reason) -> dict[str, Any]:
    return {
        "fate": reason.fate.value,
        "why": reason.why.value,
        "said": said(reason.why),
        "column": reason.column,
        "count": len(reason.lines),
        "lines": list(reason.lines),
    }


def _changed(changes: Changes) -> dict[str, int]:
    return {
        **{name: len(getattr(changes, name)) for name in _KINDS},
        "unchanged": changes.unchanged,
    }


def _ending(found: Mapping[str, Any], run: "Run", wish: "Wish") -> str:
    if wish.dry_run:
        exactly = f" To take exactly this: --expect {digest(run.planned)}" if run.planned else ""
        return f"Nothing was changed: this was a dry run.{exactly}"
    version = next((v for v in reversed(run.versions.values()) if v), "")
    if not version and not run.planned:
        return "Nothing changed: nothing was taken."
    if not version:
        return "Nothing changed: all of this was known."
    return f"Version {version[:12]} is in force. Running cases keep their plans."
