"""What an answer by mail says: one code on its first line, and the message that it answers.

A mail that claims to come from somebody proves little. So it must name, as mail programs do by
themselves, the message of ours that it answers: only who received that one knows its name.
Whatever a machine sends by itself (away notes, bounces, lists) is no answer.
"""

import re
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from email.utils import getaddresses

from notifiers.email.address import one_address
from notifiers.sms.codes import Coded, read_codes
from notifiers.sms.inbound import read_code

BYTES_MOST = 256 * 1024
_ANSWERED_MOST = 20
"""Messages that one mail may name as answered; long threads name many."""
_KEY = re.compile(r"<([0-9a-f]{40})@[A-Za-z0-9.-]{1,253}>")
_BY_ITSELF = ("auto_reply", "bulk", "junk", "list")
_QUOTED = re.compile(r"^\s*(>|-{2,}|_{5,}|from:|on .{1,200}wrote:?)", re.IGNORECASE)
_LINE_MOST = 60


class NoAnswerError(ValueError):
    """The mail answers nothing: sent by a machine, or not in the form that we read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MailReply:
    """An answer by mail. What was written beyond the first line is not kept."""

    answer: Coded
    reference: str
    """`7K3Q-92`, `TC-4F2M9`; empty when the line names none."""
    keys: tuple[str, ...]
    """Keys of the messages that it answers, the nearest first."""
    sender: str = field(repr=False)
    """The address, to be compared with the contact's; never to be logged."""
    id: str = ""
    """Its own name: the same mail may be handed in twice."""


def parse_mail(raw: bytes) -> MailReply:
    """Return what a mail answers.

    Raises NoAnswerError, without any content.
    """
    if len(raw) > BYTES_MOST:
        raise NoAnswerError("the mail is too large for an answer")
    try:
        mail = BytesParser(policy=default).parsebytes(raw)
        return _read(mail)
    except NoAnswerError:
        raise
    except (ValueError, LookupError, TypeError, AttributeError, IndexError):
        # The library raises whatever comes up while it reads what nobody should write.
        raise NoAnswerError("the mail cannot be read") from None


def _read(mail: EmailMessage) -> MailReply:
    if _sent_by_itself(mail):
        raise NoAnswerError("a machine sent it by itself")
    senders = getaddresses([str(each) for each in mail.get_all("From", [])])
    if len(senders) != 1:
        raise NoAnswerError("it has not exactly one sender")
    answered = " ".join(str(mail.get(name, "")) for name in ("In-Reply-To", "References"))
    near = _KEY.findall(str(mail.get("In-Reply-To", "")))
    rest = list(reversed(_KEY.findall(answered)))
    line = _first_line(mail)
    written = read_code(line)
    coded = read_codes(written.words, whole=written.whole)
    more = coded is not None and not coded.code.stands_alone and len(written.words) != 1
    if coded is None or more or len(line) > _LINE_MOST:
        raise NoAnswerError("its first line is not one code, alone or with the reference")
    return MailReply(
        answer=coded,
        reference=written.reference,
        keys=tuple(dict.fromkeys([*near, *rest]))[:_ANSWERED_MOST],
        sender=one_address(senders[0][1]),
        id=str(mail.get("Message-ID", "")).strip()[:160],
    )


def _sent_by_itself(mail: EmailMessage) -> bool:
    said = str(mail.get("Auto-Submitted", "no")).strip().lower()
    if said not in ("", "no"):
        return True
    if str(mail.get("Precedence", "")).strip().lower() in _BY_ITSELF:
        return True
    if any(mail.get(name) is not None for name in ("X-Autoreply", "X-Autorespond", "List-Id")):
        return True
    bounced = str(mail.get("Return-Path", "")).strip() == "<>"
    return bounced or mail.get_content_type() == "multipart/report"


def _first_line(mail: EmailMessage) -> str:
    """The first line that somebody wrote themselves; nothing below a quotation counts."""
    part = mail.get_body(preferencelist=("plain",))
    text = "" if part is None else part.get_content()
    for line in str(text).splitlines():
        if _QUOTED.match(line):
            return ""
        if line.strip():
            return line.strip()
    return ""
