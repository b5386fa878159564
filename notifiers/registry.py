"""Which channels there are, by the names the settings give them.

A plug-in is a package with an entry point in the group `tocsin.channels` that names a
`ChannelType`; no code of ours has to change.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import entry_points
from typing import Any

from pydantic import ValidationError

from notifiers.channel import Channel
from notifiers.email.address import one_address
from notifiers.email.channel import EmailChannel
from notifiers.email.config import EmailSettings
from notifiers.outbox.channel import OutboxChannel
from notifiers.outbox.config import OutboxSettings
from notifiers.settings import ChannelSettings, FormField, form_fields
from notifiers.sms.channel import SmsChannel
from notifiers.sms.config import SmsSettings
from notifiers.sms.number import one_number
from notifiers.webhook.channel import WebhookChannel
from notifiers.webhook.config import WebhookSettings
from notifiers.webhook.target import parse_target

ENTRY_POINTS = "tocsin.channels"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelType:
    """A kind of channel: its settings, how to make one, and what an address of it looks like."""

    kind: str
    label: str
    settings: type[ChannelSettings]
    build: Callable[[str, Any], Channel]
    """Name and settings to a channel. Raises ValueError for what only shows when it is made."""
    address: FormField
    """How a form asks for an endpoint's address; its check raises ValueError."""

    @property
    def fields(self) -> tuple[FormField, ...]:
        """How a form asks for the settings."""
        return form_fields(self.settings)


class ChannelError(LookupError):
    """A channel cannot be used. Names the channel, which is open, and nothing else."""


class UnknownChannelError(ChannelError):
    """No channel of this name is in the settings: an endpoint's channel is misspelt."""


class DisabledChannelError(ChannelError):
    """The settings switched this channel off."""


class UnsupportedChannelError(ChannelError):
    """The settings name a kind of channel that is not installed."""


class ChannelSettingsError(ValueError):
    """Settings of channels are wrong. Lists all that is, without any value."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


def _address(label: str, hint: str, check: Callable[[str], object]) -> FormField:
    return FormField(name="address", label=label, hint=hint, required=True, check=check)


def _some(text: str) -> str:
    if not text.strip():
        raise ValueError("write anything that says who it is for")
    return text


SHIPPED = (
    ChannelType(
        kind="email",
        label="E-mail",
        settings=EmailSettings,
        build=lambda name, settings: EmailChannel(name, settings=settings),
        address=_address("Mail address", "One address: name@domain", one_address),
    ),
    ChannelType(
        kind="sms",
        label="SMS",
        settings=SmsSettings,
        build=lambda name, settings: SmsChannel(name, settings=settings),
        address=_address("Mobile number", "+, country code, number", one_number),
    ),
    ChannelType(
        kind="webhook",
        label="Webhook",
        settings=WebhookSettings,
        build=lambda name, settings: WebhookChannel(name, settings=settings),
        address=_address("Address", "https://host/path", parse_target),
    ),
    ChannelType(
        kind="outbox",
        label="Outbox (files, for trying out)",
        settings=OutboxSettings,
        build=lambda name, settings: OutboxChannel(name, settings=settings),
        address=_address("For whom", "Any text", _some),
    ),
)


def channel_types() -> dict[str, ChannelType]:
    """Return the kinds that are installed, shipped ones first; a plug-in cannot replace those.

    Raises ChannelSettingsError when a plug-in cannot be loaded or is not a ChannelType.
    """
    types = {shipped.kind: shipped for shipped in SHIPPED}
    problems = []
    for entry in sorted(entry_points(group=ENTRY_POINTS), key=lambda e: (e.name, e.value)):
        try:
            found = entry.load()
        except Exception as error:  # whatever a stranger's module does on import
            problems.append(f"plug-in {entry.name}: cannot be loaded ({type(error).__name__})")
            continue
        if not isinstance(found, ChannelType):
            problems.append(f"plug-in {entry.name}: is not a ChannelType")
        elif found.kind in types:
            problems.append(f"plug-in {entry.name}: kind {found.kind} is taken")
        else:
            types[found.kind] = found
    if problems:
        raise ChannelSettingsError(tuple(problems))
    return types


class Channels:
    """The configured channels. Belongs to one event loop."""

    def __init__(
        self,
        channels: Mapping[str, Channel],
        *,
        disabled: frozenset[str] = frozenset(),
        unsupported: Mapping[str, str] | None = None,
    ) -> None:
        """`unsupported` maps names to the kinds they ask for."""
        self._channels = dict(channels)
        self._disabled = disabled
        self._unsupported = dict(unsupported or {})

    def get(self, name: str) -> Channel:
        """Return the channel of this name.

        Raises UnknownChannelError, DisabledChannelError or UnsupportedChannelError.
        """
        if (channel := self._channels.get(name)) is not None:
            return channel
        if name in self._disabled:
            raise DisabledChannelError(f"channel {name!r} is switched off (enabled: false)")
        if name in self._unsupported:
            kind = self._unsupported[name]
            raise UnsupportedChannelError(f"channel {name!r} is of kind {kind!r}: not installed")
        raise UnknownChannelError(f"no channel {name!r} in the settings")

    def __iter__(self) -> Iterator[Channel]:
        """The usable channels, in the order of the settings."""
        return iter(self._channels.values())

    def __len__(self) -> int:
        return len(self._channels)

    async def aclose(self) -> None:
        """Give every kept connection back."""
        for channel in self._channels.values():
            await channel.aclose()


def build_channels(
    settings: Mapping[str, Mapping[str, Any]], *, types: Mapping[str, ChannelType] | None = None
) -> Channels:
    """Return the channels of `{name: {kind: email, ...}}`.

    A kind that is not installed and a channel that is switched off fail when they are asked for,
    with their own errors. Raises ChannelSettingsError, naming every wrong setting of every channel.
    """
    known = channel_types() if types is None else types
    built: dict[str, Channel] = {}
    disabled = []
    unsupported = {}
    problems: list[str] = []
    for name, given in settings.items():
        kind = given.get("kind")
        if not isinstance(kind, str):
            problems.append(f"{name}.kind: is missing; one of {', '.join(known)}")
        elif given.get("enabled", True) is False:
            disabled.append(name)
        elif kind not in known:
            unsupported[name] = kind
        else:
            try:
                built[name] = known[kind].build(name, known[kind].settings.model_validate(given))
            except ValidationError as error:
                problems += [
                    f"{'.'.join(map(str, (name, *problem['loc'])))}: {problem['msg']}"
                    for problem in error.errors(include_input=False, include_url=False)
                ]
            except ValueError as error:
                problems.append(f"{name}: {error}")
    if problems:
        raise ChannelSettingsError(tuple(problems))
    return Channels(built, disabled=frozenset(disabled), unsupported=unsupported)
