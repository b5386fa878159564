"""From what a recipient may see to the words it reads. The only maker of a `Message`.

Texts are those of the templates; headers and subjects are constants of the purpose. What a
projection holds for the recipient's page (`fields`) is never looked at here.
"""

import re
import unicodedata
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from notifiers.message import ChannelKind, HowToAnswer, Message, _make_message
from notifiers.wording import DEFAULT_LANGUAGE, Wording, wording
from schemas.codes import Severity
from schemas.projection import Projection, Purpose

_KEY = re.compile(r"[A-Za-z0-9_-]{1,64}")
_REFERENCE = re.compile(r"[A-Z0-9]{1,8}(?:-[A-Z0-9]{1,12}){1,3}")
_CODE = re.compile(r"[A-Za-z0-9]{1,12}(?:-[A-Za-z0-9]{1,12}){0,3}")
_PHONE = re.compile(r"\+?[0-9][0-9 ()/.-]{2,31}")
_URL = re.compile(r"https?://[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=%-]{1,500}")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,2}")
# Direction marks and overrides, zero-width space and joiner, byte-order mark: they make a text look
# like another one. The two joiners that Persian and Hindi need to be read are left alone.
_UNSEEN = re.compile("[\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_MANY = (Purpose.OVERDUE, Purpose.SEVERAL)
_DUTY = (Purpose.PAGE, Purpose.TASK, Purpose.INCIDENT, *_MANY)
_NO_REFERENCE = "your request"


def render(
    projection: Projection,
    *,
    key: str,
    at: datetime,
    how: HowToAnswer,
    channel_kind: ChannelKind,
    also: tuple[str, ...] = (),
) -> Message:
    """Return the message for one try of one notification.

    `key` is the notification's key, `also` those of others told with it, `at` the aware time of
    this try, `channel_kind` that of the channel's capabilities. Where a template or a value fails,
    the built-in words are used and `Message.fallback` is set: a broken text must never keep an
    alert back. Raises ValueError when `key` is not 1 to 64 letters, digits, `_` or `-`, or `at` is
    naive: both are ours.
    """
    if not _KEY.fullmatch(key):
        raise ValueError("a notification key is 1 to 64 letters, digits, '_' or '-'")
    if at.tzinfo is None:
        raise ValueError("`at` must be aware")
    clean_how = HowToAnswer(
        url=_only(_URL, how.url), code=_only(_CODE, how.code), phone=_only(_PHONE, how.phone)
    )
    reference = _only(_REFERENCE, projection.reference)
    fallback = clean_how != how or reference != projection.reference
    words: Wording | None = None
    try:
        language = _only(_LANGUAGE, projection.language) or DEFAULT_LANGUAGE
        words = wording(language)
        subject = words.subjects[_subject(projection)]
        body = words.write(
            _templates(projection.purpose, kind=channel_kind),
            _values(words, projection, reference=reference, at=at, how=clean_how),
        )
    except Exception:  # whatever is wrong with a template, help is still called
        fallback = True
        subject, body = _built_in(projection, reference=reference, how=clean_how)
    if projection.exercise:
        prefix = words.exercise if words else "EXERCISE: "
        subject, body = prefix + subject, prefix + body
    return _make_message(
        key=key,
        also=also,
        at=at.astimezone(UTC),
        purpose=projection.purpose,
        reference=reference,
        deadline=projection.deadline,
        subject="" if channel_kind is ChannelKind.SMS else subject,
        body=plain(body),
        how=clean_how,
        language=words.language if words else DEFAULT_LANGUAGE,
        reply_code=reference,
        exercise=projection.exercise,
        fallback=fallback,
    )


def plain(text: str) -> str:
    """Return the text without control, bidi, unpaired and invisible characters; newlines stay."""
    if text.isascii() and text.isprintable():
        return text
    seen = _UNSEEN.sub("", text.replace("\r\n", "\n"))
    return "".join(c for c in seen if c == "\n" or unicodedata.category(c) not in _NOT_TEXT)


_NOT_TEXT = frozenset({"Cc", "Cs", "Co", "Cn", "Zl", "Zp"})


def _only(pattern: re.Pattern[str], value: str) -> str:
    return value if pattern.fullmatch(value) else ""


def _severity(projection: Projection) -> str:
    known = {severity.value for severity in Severity}
    # A severity we do not know is told as the gravest: better woken once too often.
    return projection.severity if projection.severity in known else Severity.CRITICAL.value


def _subject(projection: Projection) -> str:
    if projection.purpose is Purpose.PAGE:
        return f"page_{_severity(projection)}"
    return projection.purpose.value


def _templates(purpose: Purpose, *, kind: ChannelKind) -> tuple[str, ...]:
    form = "sms" if kind is ChannelKind.SMS else "email"
    return (f"{purpose.value}.{form}.txt", f"{purpose.value}.txt")


def _values(
    words: Wording, projection: Projection, *, reference: str, at: datetime, how: HowToAnswer
) -> dict[str, str]:
    values = {
        "reference": reference or _NO_REFERENCE,
        "url": how.url,
        "code": how.code,
        "phone": how.phone,
        "deadline": "",
        "deadline_short": "",
        "deadline_clock": "",
    }
    moment = projection.deadline
    if moment is not None and moment.tzinfo is None:
        raise ValueError("a deadline must be aware")
    if projection.purpose in _DUTY:
        severities = words.overdue_severities if projection.purpose in _MANY else words.severities
        values["severity"] = severities[_severity(projection)]
        values["count"] = str(projection.count)
        details = words.details.get(projection.purpose.value, {})
        # Only words of ours: whatever a detail may hold, an unknown one is never printed.
        values["detail"] = details.get(projection.detail, details.get("other", ""))
        if moment is not None:
            zone = _zone(projection.zone)
            values["deadline_clock"] = words.deadline_clock(moment, at=at, zone=zone)
    elif moment is not None:
        zone = _zone(projection.zone)
        values["deadline"] = words.deadline(moment, zone=zone)
        values["deadline_short"] = words.deadline_short(moment, at=at, zone=zone)
    return values


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, LookupError):
        return ZoneInfo("UTC")


def _built_in(projection: Projection, *, reference: str, how: HowToAnswer) -> tuple[str, str]:
    """Words that need no template, no zone and no language."""
    name = reference or _NO_REFERENCE
    purpose = projection.purpose
    if purpose in _DUTY:
        level = _severity(projection).upper()
        what = "TOCSIN" if purpose is Purpose.PAGE else f"TOCSIN {purpose.value.upper()}"
        return f"{what} {level}", f"{what} {level} {name}. Open the board."
    if purpose is Purpose.STAND_DOWN:
        said = f"{name}: nothing more is asked of you. Thank you. Please keep it to yourself."
    elif purpose is Purpose.WAIT:
        said = f"{name}: please do nothing for now. We will write again. Thank you."
    else:
        ways = [f"open {how.url} and enter code {how.code}"] if how.url and how.code else []
        ways += [f"call {how.phone} at any hour"] if how.phone else []
        said = f"{name}: please answer{': ' if ways else ''}{', or '.join(ways)}. Thank you."
    return "Request for a reply", said
