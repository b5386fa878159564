"""Next hops that misbehave on purpose, on loopback, in the test's own loop."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP as JudgeSession
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

HOST = "127.0.0.1"


async def until(condition: Callable[[], object]) -> None:
    """Give the others turns until it holds; the test's own time-out is the limit."""
    while not condition():  # noqa: ASYNC110 - what is waited for lies beyond a socket
        await asyncio.sleep(0)


@asynccontextmanager
async def judge(handler: Any, **options: Any) -> AsyncIterator[int]:
    """An aiosmtpd server, written by others, as judge of our SMTP; yields its port."""
    loop = asyncio.get_running_loop()
    sessions: list[Any] = []

    def session() -> Any:
        sessions.append(JudgeSession(handler, hostname="judge.example", loop=loop, **options))
        return sessions[-1]

    server = await loop.create_server(session, HOST, 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for each in sessions:
            if each.transport is not None:
                each.transport.abort()
        await server.wait_closed()
        await asyncio.sleep(0)


class Script(asyncio.Protocol):
    """Answers by rote.

    `reply` gets the bytes of this turn so far; it gives bytes, None to wait, b"" to hang up.
    """

    def __init__(
        self,
        reply: Callable[[bytes], bytes | None],
        *,
        greeting: bytes,
        seen: list["Script"],
    ) -> None:
        self._reply = reply
        self._greeting = greeting
        self._turn = b""
        self.heard = b""
        seen.append(self)

    def connection_made(self, transport: Any) -> None:
        self.transport = transport
        if self._greeting:
            self.transport.write(self._greeting)

    def data_received(self, data: bytes) -> None:
        self.heard += data
        self._turn += data
        answer = self._reply(self._turn)
        if answer is None:
            return
        self._turn = b""
        if answer:
            self.transport.write(answer)
        else:
            self.transport.abort()


@asynccontextmanager
async def scripted(
    reply: Callable[[bytes], bytes | None],
    *,
    greeting: bytes = b"",
    context: ssl.SSLContext | None = None,
    seen: list[Script] | None = None,
) -> AsyncIterator[int]:
    """A server that answers by rote; yields its port."""
    sessions: list[Script] = seen if seen is not None else []
    server = await asyncio.get_running_loop().create_server(
        lambda: Script(reply, greeting=greeting, seen=sessions), HOST, 0, ssl=context
    )
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for each in sessions:
            if hasattr(each, "transport"):
                each.transport.abort()
        await server.wait_closed()
        await asyncio.sleep(0)


def smtp_reply(**answers: bytes | None) -> Callable[[bytes], bytes | None]:
    """SMTP by rote: `MAIL=b"421 …"` answers that command; `data` is the end of a mail."""
    plain = {
        "EHLO": b"250 script.example\r\n",
        "MAIL": b"250 ok\r\n",
        "RCPT": b"250 ok\r\n",
        "DATA": b"354 go on\r\n",
        "RSET": b"250 ok\r\n",
        "QUIT": b"221 bye\r\n",
    }
    said = plain | {name: answer for name, answer in answers.items() if name != "data"}

    def reply(turn: bytes) -> bytes | None:
        if not turn.endswith(b"\r\n"):
            return None
        verb = turn[:4].decode("latin-1").upper()
        if verb in said and turn.count(b"\r\n") == 1:
            return said[verb]
        if turn.endswith(b"\r\n.\r\n"):
            return answers.get("data", b"250 ok\r\n")
        return None

    return reply


def http_reply(answer: bytes | None) -> Callable[[bytes], bytes | None]:
    """HTTP by rote: the same to every whole request; None never answers, b"" hangs up."""

    def reply(turn: bytes) -> bytes | None:
        head, end, body = turn.partition(b"\r\n\r\n")
        length = 0
        for line in head.split(b"\r\n"):
            if line.lower().startswith(b"content-length:"):
                length = int(line.split(b":")[1])
        return answer if end and len(body) >= length else None

    return reply


class Authority:
    """A certificate authority of this test's own."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test authority")])
        self.ca_file = folder / "ca.pem"
        certificate = self._sign(self._name, self._key.public_key(), names=[], authority=True)
        self.ca_file.write_bytes(certificate)

    def server(self, name: str, *, days: int = 30) -> ssl.SSLContext:
        """A server's context with a certificate for this name; a negative `days` has expired."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        chain = self._folder / f"{name}{days}.pem"
        chain.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
            + self._sign(subject, key.public_key(), names=[name], days=days)
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(chain)
        return context

    def _sign(
        self,
        subject: x509.Name,
        key: ec.EllipticCurvePublicKey,
        *,
        names: list[str],
        authority: bool = False,
        days: int = 30,
    ) -> bytes:
        now = datetime.now(UTC)  # noqa: TID251 - OpenSSL reads the machine's clock
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self._name)
            .public_key(key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=60))
            .not_valid_after(now + timedelta(days=days))
            .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key()),
                critical=False,
            )
        )
        if authority:
            builder = builder.add_extension(
                x509.KeyUsage(
                    digital_signature=True,
                    content_commitment=False,
                    key_encipherment=False,
                    data_encipherment=False,
                    key_agreement=False,
                    key_cert_sign=True,
                    crl_sign=True,
                    encipher_only=False,
                    decipher_only=False,
                ),
                critical=True,
            )
        if names:
            builder = builder.add_extension(
                x509.SubjectAlternativeName([x509.DNSName(name) for name in names]),
                critical=False,
            )
        return builder.sign(self._key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
