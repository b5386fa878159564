"""What a gateway tells us: a text was delivered, or somebody answered."""

import re
import unicodedata
from dataclasses import dataclass, field
from typing import Any

from notifiers.sms.codes import Coded, read_codes
from notifiers.sms.config import ReceiptMapping, SmsSettings
from notifiers.sms.template import MISSING, at_path, one_of

# The letters references are made of: none that sounds or looks like another.
_LETTER = "[2-9A-HJKMNP-TV-Z]"
_REFERENCE = re.compile(
    rf"(?<![A-Z0-9])(?:TC-{_LETTER}{{5,9}}|{_LETTER}{{4}}-{_LETTER}{{2,5}})(?![A-Z0-9])"
)
_WORD = re.compile(r"(?<![A-Z0-9])[A-Z0-9]{1,12}(?![A-Z0-9])")
_DASH = re.compile("[\u2010-\u2015\u2212\ufe58\ufe63\uff0d]")
_TEXT_MAX = 500
_WORDS_MAX = 3
_DOUBT = frozenset("?\u061f\u037e")


STOPS = frozenset(
    {"STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT", "ARRET"}
)
"""Words after which networks and gateways keep our texts back, without asking us (CTIA's list)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What became of a text after the gateway took it. One of the two names is given."""

    key: str
    provider_id: str
    delivered: bool | None
    """None: a state in between, nothing to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What we read of an answer; of other words no more than that there were some."""

    reference: str
    words: tuple[str, ...]
    whole: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """An answer by SMS. The words the person wrote beyond the code are not kept."""

    reference: str
    """`7K3Q-92`, `TC-4F2M9`; empty when there is none, or more than one."""
    words: tuple[str, ...]
    """At most three, in capitals: `("1",)`."""
    whole: bool = True
    """Whether this is all that was written."""
    sender: str = field(default="", repr=False)
    """The number, to be compared with the contact's; never to be logged."""
    id: str = ""
    """The gateway's own name for the answer: the same one may be reported twice."""

    @property
    def answer(self) -> Coded | None:
        """What it answers; None when there is no code, or more than one."""
        return read_codes(self.words, whole=self.whole)

    @property
    def stops(self) -> bool:
        """Whether it is the one word after which a network delivers nothing more of ours."""
        return not self.reference and len(self.words) == 1 and self.words[0] in STOPS


def reports_in(settings: SmsSettings, payload: Any) -> tuple[list[Any], list[Any]]:
    """Return the receipts and the replies of one request, each as its `parse_` takes it.

    Some gateways report both to one address, and give a reply a status as well: where there is a
    text, only a status that a receipt is known to have makes it one.
    """
    mapping = settings.receipt
    several = payload
    if mapping is not None and mapping.each is not None:
        several = at_path(payload, mapping.each)
    receipts: list[Any] = []
    replies: list[Any] = []
    for item in several if isinstance(several, list) else [payload]:
        is_receipt = mapping is not None and _is_receipt(settings, mapping, item)
        (receipts if is_receipt else replies).append(item)
    return receipts, replies


def _is_receipt(settings: SmsSettings, mapping: ReceiptMapping, item: Any) -> bool:
    status = at_path(item, mapping.status)
    if one_of(status, (*mapping.delivered, *mapping.failed, *mapping.underway)):
        return True
    if settings.reply is not None and isinstance(at_path(item, settings.reply.text), str):
        return False
    return status is not MISSING or settings.reply is None


def parse_receipt(settings: SmsSettings, payload: Any) -> Receipt:
    """Return what a receipt says.

    Raises ValueError, without any content, when receipts are not described in the settings or this
    one has no status or names no text.
    """
    mapping = settings.receipt
    if mapping is None:
        raise ValueError("this channel's settings describe no receipts")
    status = at_path(payload, mapping.status)
    if status is MISSING:
        raise ValueError(f"the receipt has nothing at {mapping.status}")
    key = _text_at(payload, mapping.key)
    provider_id = _text_at(payload, mapping.provider_id)
    if not key and not provider_id:
        raise ValueError("the receipt does not say which text it is about")
    delivered: bool | None = None
    if one_of(status, mapping.delivered):
        delivered = True
    elif one_of(status, mapping.failed):
        delivered = False
    return Receipt(key=key, provider_id=provider_id, delivered=delivered)


def parse_reply(settings: SmsSettings, payload: Any) -> Reply:
    """Return what an incoming text answers: `1 7K3Q-92`, in any order and any case.

    Raises ValueError, without any content, when answers are not described in the settings or this
    one has no text.
    """
    mapping = settings.reply
    if mapping is None:
        raise ValueError("this channel's settings describe no replies")
    text = at_path(payload, mapping.text)
    if not isinstance(text, str):
        raise ValueError(f"the reply has no text at {mapping.text}")
    written = read_code(text)
    return Reply(
        reference=written.reference,
        words=written.words,
        whole=written.whole,
        sender=_text_at(payload, mapping.sender),
        id=_text_at(payload, mapping.id),
    )


def read_code(text: str) -> Written:
    """Return reference and words of `1 TC-4F2M9` or `7k3q-92 - 1.`, whatever surrounds them.

    Digits of any script and dashes of any kind count. Two different references in one text are
    none, because nobody can say which was meant; a word such as `half-way` beside one is no second.
    What is left unread (a long word, another script, a sign, a question mark) makes it not whole.
    """
    plain = unicodedata.normalize("NFKC", text[:_TEXT_MAX])
    plain = "".join(
        str(unicodedata.decimal(c)) if c.isdecimal() else c
        for c in plain
        if unicodedata.category(c) != "Cf"
    )
    plain = _DASH.sub("-", plain).upper()
    found = list(dict.fromkeys(_REFERENCE.findall(plain)))
    several = len(found) > 1
    if several:
        found = [each for each in found if any(c.isdigit() for c in each)]
    beside = _REFERENCE.sub(" ", plain)
    words = _WORD.findall(beside)
    unread = not all(map(_says_nothing, _WORD.sub(" ", beside)))
    return Written(
        reference=found[0] if len(found) == 1 else "",
        words=tuple(words[:_WORDS_MAX]),
        whole=not (several or unread or len(words) > _WORDS_MAX or len(text) > _TEXT_MAX),
    )


def _says_nothing(letter: str) -> bool:
    """Whether it is a space, or a mark that only sets off what was said."""
    marks = unicodedata.category(letter).startswith("P") and letter not in _DOUBT
    return letter.isspace() or marks


def _text_at(payload: Any, path: str | None) -> str:
    if path is None:
        return ""
    value = at_path(payload, path)
    if isinstance(value, bool) or not isinstance(value, str | int):
        return ""
    return str(value)[:200] if not isinstance(value, int) or abs(value) < 10**30 else ""
