"""What the settings of every channel have in common, and how a form shows them."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, SecretStr, model_validator


@dataclass(frozen=True, slots=True, kw_only=True)
class FormField:
    """One line of a form."""

    name: str
    label: str
    hint: str
    required: bool
    secret: bool = False
    check: Callable[[str], object] | None = None
    """Raises ValueError with what to do when the text given is not right."""


class ChannelSettings(BaseModel):
    """Base of the settings of one channel: strict, frozen, secrets hidden.

    Every field `x` of type `SecretStr | None` has a twin `x_file`, a file that holds the secret;
    giving both is an error.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    enabled: bool = True

    @model_validator(mode="after")
    def _one_place_for_a_secret(self) -> "ChannelSettings":
        for name in sorted(type(self).model_fields):
            if not name.endswith("_file") or not hasattr(self, name.removesuffix("_file")):
                continue
            secret = name.removesuffix("_file")
            if getattr(self, name) is not None and getattr(self, secret) is not None:
                raise ValueError(f"give {secret} or {name}, not both")
        return self

    def secret(self, name: str) -> SecretStr | None:
        """Return the secret of this name, from the settings or from its file.

        Raises ValueError, naming the setting and not its content, when the file cannot be read or
        is empty.
        """
        given: SecretStr | None = getattr(self, name)
        path: Path | None = getattr(self, f"{name}_file")
        if path is None:
            return given
        try:
            text = path.read_text("utf-8").strip("\r\n")
        except (OSError, UnicodeDecodeError) as error:
            raise ValueError(f"{name}_file cannot be read: {type(error).__name__}") from None
        if not text:
            raise ValueError(f"{name}_file is empty")
        return SecretStr(text)


def form_fields(settings: type[ChannelSettings]) -> tuple[FormField, ...]:
    """Return a form's fields from the titles and descriptions of the settings."""
    fields = []
    for name, info in settings.model_fields.items():
        if info.title is None:
            continue
        fields.append(
            FormField(
                name=name,
                label=info.title,
                hint=info.description or "",
                required=info.is_required(),
                secret="SecretStr" in str(info.annotation),
                check=_checker(settings, name),
            )
        )
    return tuple(fields)


def _checker(settings: type[ChannelSettings], name: str) -> Callable[[str], object]:
    def check(text: str) -> object:
        blank: Any = settings.model_construct()
        return settings.__pydantic_validator__.validate_assignment(blank, name, text)

    return check
