"""`POST /v1/replies/{channel}/{secret}`: what SMS gateways report, and mails as they come in.

Gateways can be told an address and little else, so the secret stands in it; it is derived from the
deployment's keys, and `tocsin doctor` prints the whole address.
"""

import base64
import hmac
from collections.abc import Mapping, Set
from typing import Any
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from engine.desk import Busy, CommandFailed
from engine.mail_replies import MailReplies
from engine.receipts import Heard, Receipts
from engine.replies import Became, Replies
from engine.vault import Secret
from engine.vault.keys import keyed
from engine.web.api.answers import Answer, never_a_traceback, refusal, told
from engine.web.api.body import BodyRefusedError, read_body
from notifiers.email.inbound import BYTES_MOST as MAIL_MOST
from notifiers.sms.config import SmsSettings
from notifiers.sms.inbound import reports_in
from schemas.limits import UnreadableJsonError, parse, split

BYTES_MOST = 16 * 1024
FIELDS_MOST = 50
ITEMS_MOST = 500
RETRY_AFTER = 2  # seconds
_SECRET_BYTES = 24


def inbound_secret(key: Secret, channel: str) -> str:
    """The part of the address that nobody can guess."""
    raw = keyed(key, "inbound", channel)[:_SECRET_BYTES]
    return base64.urlsafe_b64encode(raw).decode("ascii")


def inbound_path(key: Secret, channel: str) -> str:
    """Where the gateway of this channel reports answers."""
    return f"/v1/replies/{channel}/{inbound_secret(key, channel)}"


class Inbound:
    """The endpoint and what it needs."""

    def __init__(
        self,
        replies: Replies,
        receipts: Receipts,
        channels: Mapping[str, SmsSettings],
        *,
        key: Secret,
        mails: MailReplies,
        mail_channels: Set[str] = frozenset(),
    ) -> None:
        self._mails = mails
        self._mail_channels = mail_channels
        self._replies = replies
        self._receipts = receipts
        self._channels = channels
        self._key = key

    def routes(self) -> list[BaseRoute]:
        """One address a channel; not part of the published description."""
        return [
            Route("/v1/replies/{channel}/{secret}", never_a_traceback(self.post), methods=["POST"])
        ]

    async def post(self, request: Request) -> Response:
        """Take one answer or some receipts; 2xx when it is durable, whatever it says.

        Gateways send again what is refused, some for a day: only what is not stored is refused.
        """
        channel = request.path_params["channel"]
        settings = self._channels.get(channel)
        expected = inbound_secret(self._key, channel)
        given = request.path_params["secret"]
        known = settings is not None or channel in self._mail_channels
        if not known or not hmac.compare_digest(given.encode(), expected.encode()):
            return refusal(404, "unknown", "There is nothing here.")
        if settings is None:
            return await self._mail(request, channel)
        try:
            body = await read_body(request, most=BYTES_MOST)
            payload = _form(body) if _is_form(request) else _json(body)
        except BodyRefusedError as error:
            return refusal(error.status, error.code, error.fix)
        except UnreadableJsonError as error:
            return refusal(400, error.problem.code.value, error.problem.fix)
        try:
            receipts, replies = reports_in(settings, payload)
            became = [await self._replies.take(channel, settings, reply) for reply in replies]
            heard = await self._receipts.take(channel, settings, receipts)
        except (Busy, CommandFailed):
            return refusal(
                503,
                "busy",
                "Not stored: send the same again soon.",
                headers={"Retry-After": str(RETRY_AFTER)},
            )
        # 200 is what every gateway takes for an end; of some receipts' senders it is the only one.
        status = 202 if became and not receipts else 200
        taken = heard is Heard.TAKEN or Became.TAKEN in became
        outcome = Became.TAKEN.value if taken else (became[0].value if became else heard.value)
        return told(Answer(status=status, outcome=outcome), status=status)

    async def _mail(self, request: Request, channel: str) -> Response:
        """Take one mail as a mail server pipes it on: its bytes, nothing around them."""
        try:
            became = await self._mails.take(channel, await read_body(request, most=MAIL_MOST))
        except BodyRefusedError as error:
            return refusal(error.status, error.code, error.fix)
        except (Busy, CommandFailed):
            return refusal(
                503,
                "busy",
                "Not stored: send the same again soon.",
                headers={"Retry-After": str(RETRY_AFTER)},
            )
        return told(Answer(status=202, outcome=became.value), status=202)


def _is_form(request: Request) -> bool:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    return kind == "application/x-www-form-urlencoded"


def _json(body: bytes) -> Any:
    """An object, or a list of which what cannot be read is an answer nobody understands."""
    if not body.lstrip()[:1] == b"[":
        return parse(body)
    return [_readable(part) for part in split(body, most=BYTES_MOST, items=ITEMS_MOST)]


def _readable(part: bytes) -> dict[str, Any]:
    try:
        return parse(part)
    except UnreadableJsonError:
        return {}


def _form(body: bytes) -> dict[str, str]:
    """Many gateways send a form; what is no text of ours becomes an answer nobody understands."""
    try:
        return dict(parse_qsl(body.decode("ascii"), max_num_fields=FIELDS_MOST))
    except ValueError:
        return {}


def sms_channels(channels: Mapping[str, Mapping[str, object]]) -> dict[str, SmsSettings]:
    """The channels of the settings on which people can answer and gateways report."""
    return {
        name: SmsSettings.model_validate(given)
        for name, given in channels.items()
        if given.get("kind") == "sms" and given.get("enabled", True)
    }


def mail_channels(channels: Mapping[str, Mapping[str, object]]) -> frozenset[str]:
    """The channels of the settings whose mails people can answer."""
    return frozenset(
        name
        for name, given in channels.items()
        if given.get("kind") == "email" and given.get("enabled", True)
    )
