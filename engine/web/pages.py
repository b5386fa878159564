"""Templates to responses: escaping on, unknown names an error, other people's words set apart."""

import hashlib
import unicodedata
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape
from starlette.responses import HTMLResponse

from engine.web.words.times import clock_time, day, moment

HERE = Path(__file__).parent
PAGE_BYTES_MAX = 20_000
"""A page must open on a slow phone line; tests hold every page to it."""


@cache
def style_version() -> str:
    """Digest of the style sheet, so that a new one is fetched and an old one kept."""
    return hashlib.sha256((HERE / "static" / "style.css").read_bytes()).hexdigest()[:12]


def foreign(text: str) -> Markup:
    """Words that somebody else wrote: shown literally, isolated, hidden marks pointed out."""
    shown = "".join(_visible(character) for character in text)
    marked = any(_hidden(character) for character in text)
    note = Markup(' <span class="hidden-marks">hidden marks in this text</span>') if marked else ""
    return Markup("<bdi>{}</bdi>{}").format(shown, note)


def _visible(character: str) -> str:
    number = ord(character)
    if character in "\n\t":
        return character
    if number < 0x20:
        return chr(0x2400 + number)
    if number == 0x7F:
        return "\u2421"
    if 0x80 <= number < 0xA0 or 0xD800 <= number <= 0xDFFF or number & 0xFFFE == 0xFFFE:
        return "\ufffd"
    return character


def _hidden(character: str) -> bool:
    """Whether a reader would not see it: direction overrides, zero width, controls."""
    return character not in "\n\t" and unicodedata.category(character) in ("Cf", "Cc", "Cs")


def parts(said: Any) -> Markup:
    """A sentence of `present`: our own words, and other people's set apart."""
    from engine.web.words.sentence import Name

    return Markup("").join(
        foreign(part.text) if isinstance(part, Name) else escape(part) for part in said
    )


@cache
def environment() -> Environment:
    """The one Jinja environment of all pages."""
    made = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["foreign"] = foreign
    made.filters["parts"] = parts
    made.globals["style_version"] = style_version()
    return made


def page(
    template: str,
    *,
    zone: str = "UTC",
    status: int = 200,
    lang: str = "en",
    dir: str = "ltr",
    **values: Any,
) -> HTMLResponse:
    """Render a template. `zone` is the IANA zone in which its reader sees times."""
    tz = ZoneInfo(zone)

    def at(value: datetime) -> str:
        return moment(value, zone=tz)

    body = (
        environment()
        .get_template(template)
        .render(
            lang=lang,
            dir=dir,
            at=at,
            day=lambda value: day(value, zone=tz),
            clock=lambda value: clock_time(value, zone=tz),
            zone_name=zone,
            **values,
        )
    )
    return HTMLResponse(body, status_code=status)
