"""The templates of each language, compiled once, and the words they are filled with.

Templates come from this package only and see nothing but short plain strings. They are sandboxed
all the same: a translator's slip must not read an attribute or fill the memory.
"""

import json
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import cache, lru_cache
from importlib.resources import files
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import format_datetime
from jinja2 import (
    FunctionLoader,
    StrictUndefined,
    Template,
    TemplateNotFound,
    TemplateRuntimeError,
    select_autoescape,
)
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment

DEFAULT_LANGUAGE = "en"
OUTPUT_MAX = 64 * 1024
"""Characters of one rendered text (reference/security.md, S12)."""
OPERAND_MAX = 4096
FAR = timedelta(days=6)
"""From here on a weekday alone could be read as this week's."""


class TooMuchError(TemplateRuntimeError):
    """A template made more than any message needs."""


class _Sandbox(ImmutableSandboxedEnvironment):
    """The sandbox, which alone would still render `'a' * 10**8`."""

    intercepted_binops = frozenset({"*", "**", "%", "+"})

    def call_binop(self, context: Context, operator: str, left: object, right: object) -> object:
        for operand in (left, right):
            too_long = isinstance(operand, str) and len(operand) > OPERAND_MAX
            too_high = isinstance(operand, int) and abs(operand) > OPERAND_MAX
            if too_long or too_high:
                raise TooMuchError(f"operand of {operator} is larger than {OPERAND_MAX}")
        result = super().call_binop(context, operator, left, right)
        if isinstance(result, str) and len(result) > OUTPUT_MAX:
            raise TooMuchError(f"result of {operator} is longer than {OUTPUT_MAX}")
        return result


class Wording:
    """The words of one language."""

    def __init__(self, language: str, *, source: Callable[[str], str | None]) -> None:
        """`source` gives the text of a file of this language, or None.

        Raises KeyError and ValueError when the language's `words.json` is not whole, and
        LookupError when there is none.
        """
        text = source("words.json")
        if text is None:
            raise LookupError(f"no words for {language!r}")
        words = json.loads(text)
        self.language = language
        self.exercise: str = words["exercise"]
        self.subjects: Mapping[str, str] = words["subjects"]
        self.severities: Mapping[str, str] = words["severities"]
        self.overdue_severities: Mapping[str, str] = words["overdue_severities"]
        self.details: Mapping[str, Mapping[str, str]] = words["details"]
        self._patterns: Mapping[str, str] = words["patterns"]
        try:
            self._locale = Locale.parse(language, sep="-")
        except (ValueError, UnknownLocaleError) as error:
            raise LookupError(f"{language!r} is not a language") from error
        self._sandbox = _Sandbox(
            loader=FunctionLoader(source),
            undefined=StrictUndefined,
            autoescape=select_autoescape(enabled_extensions=("html",), default_for_string=False),
            auto_reload=False,
        )

    def write(self, names: tuple[str, ...], values: Mapping[str, str]) -> str:
        """Fill the first template of these names that exists.

        Raises jinja2.TemplateError for whatever is wrong with it, and TooMuchError when the text
        grows beyond `OUTPUT_MAX`.
        """
        parts: list[str] = []
        size = 0
        for part in self._select(names).generate(values):
            size += len(part)
            if size > OUTPUT_MAX:
                raise TooMuchError(f"text is longer than {OUTPUT_MAX}")
            parts.append(part)
        return "".join(parts)

    def _select(self, names: tuple[str, ...]) -> Template:
        for name in names:
            try:
                return self._sandbox.get_template(name)
            except TemplateNotFound:
                continue
        raise TemplateNotFound(names[-1])

    def deadline(self, moment: datetime, *, zone: ZoneInfo) -> str:
        """`Tue 2 March, 12:00 (UTC+1)`."""
        local = moment.astimezone(zone)
        offset = local.utcoffset() or timedelta()
        minutes = round(offset.total_seconds() / 60)
        hours, rest = divmod(abs(minutes), 60)
        shift = f"{'-' if minutes < 0 else '+'}{hours}" if minutes else ""
        shift += f":{rest:02d}" if rest else ""
        return f"{self._format(local, 'deadline')} (UTC{shift})"

    def deadline_short(self, moment: datetime, *, at: datetime, zone: ZoneInfo) -> str:
        """`Tue 12:00`, with the date where the weekday alone could mislead."""
        near = abs(moment - at) < FAR
        return self._format(
            moment.astimezone(zone), "deadline_short" if near else "deadline_short_far"
        )

    def deadline_clock(self, moment: datetime, *, at: datetime, zone: ZoneInfo) -> str:
        """`15:00` for today, else as `deadline_short`."""
        local = moment.astimezone(zone)
        if local.date() == at.astimezone(zone).date():
            return self._format(local, "deadline_clock")
        return self.deadline_short(moment, at=at, zone=zone)

    def _format(self, local: datetime, pattern: str) -> str:
        return format_datetime(local, self._patterns[pattern], locale=self._locale)


@lru_cache(maxsize=256)
def wording(language: str) -> Wording:
    """Return the shipped words of a language: `pt-BR`, else `pt`, else English."""
    for candidate in (language, language.partition("-")[0], DEFAULT_LANGUAGE):
        try:
            return _shipped(candidate)
        except LookupError:
            continue
    raise LookupError(f"this installation has no words for {DEFAULT_LANGUAGE!r}")


@cache
def _shipped(language: str) -> Wording:
    root = files("notifiers") / "templates"
    known = {entry.name for entry in root.iterdir() if entry.is_dir()}
    if language not in known:
        raise LookupError(f"no words for {language!r}")
    folder = root / language
    texts = {entry.name: entry.read_text("utf-8") for entry in folder.iterdir() if entry.is_file()}
    return Wording(language, source=texts.get)
