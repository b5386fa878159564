"""Settings of a webhook channel."""

import base64
import binascii
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr

from notifiers.settings import ChannelSettings

SECRET_PREFIX = "whsec_"  # noqa: S105 - how such secrets begin, not one of them


class WebhookSettings(ChannelSettings):
    """How to sign, and whom we may speak to."""

    kind: Literal["webhook"] = "webhook"
    signing_key: SecretStr | None = Field(
        default=None,
        title="Signing key",
        description="whsec_ and 24 to 64 bytes in base64; the recipient checks with the same",
    )
    signing_key_file: Path | None = None
    allow_private: bool = Field(
        default=False,
        title="Private networks",
        description="Also allow addresses inside your own network, there over http and any port",
    )
    ports: tuple[int, ...] = (443,)
    """Ports allowed on public addresses."""
    ca_file: Path | None = None
    concurrency: int = Field(default=32, ge=1, le=256)
    keep_per_host: int = Field(default=32, ge=0, le=256)
    keep_seconds: float = Field(default=15, gt=0, le=600)
    """How long an idle connection is kept; shorter than most servers keep theirs."""
    connect_timeout: float = Field(default=5, gt=0, le=60)
    answer_timeout: float = Field(default=15, gt=0, le=120)
    retry_after_max: float = Field(default=900, ge=0)

    def key_bytes(self) -> bytes:
        """Return the signing key. Raises ValueError, without its content, when it is not one."""
        secret = self.secret("signing_key")
        if secret is None:
            raise ValueError("signing_key or signing_key_file is needed")
        text = secret.get_secret_value().removeprefix(SECRET_PREFIX)
        try:
            key = base64.b64decode(text, validate=True)
        except (binascii.Error, ValueError):
            raise ValueError("signing_key must be whsec_ and base64") from None
        if not 24 <= len(key) <= 64:
            raise ValueError("signing_key must hold 24 to 64 bytes")
        return key
