"""Settings of an e-mail channel."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, SecretStr, model_validator

from notifiers.email.address import one_address
from notifiers.settings import ChannelSettings

Address = Annotated[str, AfterValidator(one_address)]
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


class EmailSettings(ChannelSettings):
    """How to hand mail to the organisation's own mail server."""

    kind: Literal["email"] = "email"
    host: str = Field(
        title="Mail server", description="Name of your outgoing server, such as mail.desk.example"
    )
    port: int = Field(default=587, ge=1, le=65535, title="Port", description="587, or 465 or 25")
    tls: Literal["required", "implicit", "opportunistic", "off"] = Field(
        default="required",
        title="Encryption",
        description="required: STARTTLS or nothing is sent. implicit: from the first byte (465). "
        "opportunistic: STARTTLS where offered. off: only on this machine.",
    )
    ca_file: Path | None = Field(
        default=None,
        title="Certificate authority",
        description="File of the authority that signed the server's certificate, if it is your own",
    )
    username: str | None = Field(default=None, title="User name", description="If it wants one")
    password: SecretStr | None = Field(default=None, title="Password", description="Of that user")
    password_file: Path | None = None
    sender: Address = Field(
        title="Sender", description="A neutral address that people may see, answered by the desk"
    )
    sender_name: str = Field(
        default="",
        max_length=60,
        pattern=r"^[^\x00-\x1f\x7f]*$",
        title="Sender's name",
        description="Neutral as well; empty is best",
    )
    bounce_to: Address | None = Field(
        default=None, title="Bounces to", description="Envelope sender; the sender if empty"
    )
    pool_size: int = Field(default=4, ge=1, le=64)
    """Connections kept at once, which is also how many sends run at once."""
    per_connection: int = Field(default=100, ge=1)
    """Mails over one connection; many servers allow no more."""
    connect_timeout: float = Field(default=10, gt=0, le=120)
    command_timeout: float = Field(default=30, gt=0, le=300)
    data_timeout: float = Field(default=60, gt=0, le=600)
    reuse_timeout: float = Field(default=5, gt=0, le=60)
    """How long a kept connection may take to show that it is alive."""

    @model_validator(mode="after")
    def _safe(self) -> "EmailSettings":
        if self.tls == "off" and self.host not in _LOOPBACK:
            raise ValueError("tls: off only with a server on this machine (host: localhost)")
        if self.username is None and (self.password is not None or self.password_file is not None):
            raise ValueError("password without username")
        if self.username is not None and self.tls == "off":
            raise ValueError("username and password never go out unencrypted: tls: required")
        return self

    @property
    def domain(self) -> str:
        """Right-hand side of a Message-ID, and the name we greet with: never this machine's."""
        return self.sender.rpartition("@")[2]
