"""Settings: defaults, then a TOML or YAML file, then `TOCSIN_…` variables.

Nested names use two underscores: `TOCSIN_KAFKA__BROKERS`. A secret `x` may be given as `x_file` (or
`TOCSIN_X_FILE`), the path of a file that holds it. All mistakes are reported at once, each with
where it stands and what to do; a name nobody knows is a mistake too.
"""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AnyHttpUrl,
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from engine.settings_file import SettingsError, read_settings_file, read_twin_files
from notifiers.webhook.target import parse_target
from schemas.codes import EventType, Severity, TrackName

PREFIX = "TOCSIN_"
CONFIG_VARIABLE = PREFIX + "CONFIG"
OTHER_VARIABLES = frozenset({CONFIG_VARIABLE, PREFIX + "PERSON"})
"""Of the command line: which file, and whose log-in. They set nothing."""
SECRETS = (("database_url",), ("kafka", "password"), ("heartbeat", "url"))
REQUEST_MARGIN = 5  # seconds; below it aiokafka gives up on a rebalance that is going well


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


Words = Annotated[tuple[str, ...], NoDecode]


def _words(value: Any) -> Any:
    """Let a variable hold a list as words with commas or spaces between them."""
    return value.replace(",", " ").split() if isinstance(value, str) else value


def _groups(value: Any) -> Any:
    """Let processes be text, with semicolons between them, or a list of such words."""
    groups = value.split(";") if isinstance(value, str) else value
    return [_words(group) for group in groups] if isinstance(groups, (list, tuple)) else groups


class HttpSettings(_Part):
    """Where the pages and the API listen."""

    host: str = "127.0.0.1"
    port: int = Field(default=8470, ge=0, le=65_535)
    public_url: AnyHttpUrl = AnyHttpUrl("http://127.0.0.1:8470/")
    """Printed in messages: the address under which recipients reach the answer page."""
    secure_cookies: bool = True
    """Off only where the console is served on loopback without TLS."""


class SourceSettings(_Part):
    """A publisher that may speak on the topics; refused unless listed."""

    source: str
    types: str = " ".join(t for t in EventType if t is not EventType.CONSENT)
    """Event types, and `to:` words for the audiences its consents may open."""
    severity_ceiling: Severity = Severity.CRITICAL
    party: str = ""
    """Id of the party that runs it, in the registry; empty: nobody of it."""


class ConsumerSettings(_Part):
    """Somebody outside the desk who reads facts of cases, on a topic of their own; nobody unless
    listed. The guard is asked about each fact."""

    topic: str = Field(pattern=r"^[A-Za-z0-9._-]{1,249}$")
    party: str
    """Id of the party it is, in the registry."""
    track: TrackName
    """The audience it belongs to: it gets nothing of a case before this track was released."""

    @field_validator("track")
    @classmethod
    def _outside(cls, track: TrackName) -> TrackName:
        if track is TrackName.DUTY:
            raise ValueError("duty is no audience of a consumer: it would hear everything")
        return track


class KafkaSettings(_Part):
    """Brokers, topics and the times that must fit together. Times in seconds."""

    enabled: bool = False
    brokers: Words = ("127.0.0.1:9092",)
    group: str = "tocsin"
    instance: str = Field(default="", pattern=r"^[A-Za-z0-9._-]{0,100}$")
    """Static member id, where a replica has a lasting name; no two processes may share one."""
    critical_topic: str = "tocsin.threats.critical"
    normal_topic: str = "tocsin.threats"
    cases_topic: str = "tocsin.cases"
    quarantine_topic: str = "tocsin.quarantine"
    answers_topic: str = ""
    """Where programs of recipients answer, such as `tocsin.answers`; empty: nowhere."""
    critical_runner: Literal["aiokafka", "faust"] = "aiokafka"
    normal_runner: Literal["aiokafka", "faust"] = "faust"
    durability: Literal["replicated", "single", "none"] = "replicated"
    sources: tuple[SourceSettings, ...] = ()
    consumers: tuple[ConsumerSettings, ...] = ()
    """Who outside the desk reads of cases. By default nobody."""
    session_timeout: float = Field(default=6, gt=0)
    heartbeat_interval: float = Field(default=1.5, gt=0)
    rebalance_timeout: float = Field(default=20, gt=0)
    request_timeout: float = Field(default=25, gt=0)
    batch_within: float = Field(default=300, gt=0)
    """A process that takes longer over what it has read must let others read its partitions."""
    security: Literal["plaintext", "ssl", "sasl_ssl"] = "plaintext"
    username: str = ""
    password: SecretStr | None = None
    ca_file: Path | None = None

    _split = field_validator("brokers", mode="before")(_words)

    @property
    def read_topics(self) -> tuple[str, ...]:
        """What the engine reads: reports and, where somebody named their topic, answers."""
        return (
            self.critical_topic,
            self.normal_topic,
            *filter(None, (self.answers_topic,)),
        )

    @model_validator(mode="after")
    def _topics_apart(self) -> Self:
        own = [self.critical_topic, self.normal_topic, self.cases_topic, self.quarantine_topic]
        own += filter(None, (self.answers_topic,))
        if self.answers_topic in own[:4]:
            raise ValueError("answers_topic: answers have a topic of their own")
        named = [*own, *(consumer.topic for consumer in self.consumers)]
        twice = sorted({name for name in named if named.count(name) > 1})
        if twice and self.consumers:
            raise ValueError(
                f"consumers: {', '.join(twice)} is named twice; each consumer has its own topic"
            )
        return self

    @model_validator(mode="after")
    def _times_fit(self) -> Self:
        least = max(self.session_timeout, self.rebalance_timeout) + REQUEST_MARGIN
        if self.request_timeout < least:
            raise ValueError(
                f"request_timeout is {self.request_timeout:g} s; it must be at least {least:g} s,"
                f" {REQUEST_MARGIN} s more than the longer of session_timeout"
                f" ({self.session_timeout:g} s) and rebalance_timeout"
                f" ({self.rebalance_timeout:g} s)"
            )
        if self.heartbeat_interval * 3 > self.session_timeout:
            raise ValueError(
                f"heartbeat_interval is {self.heartbeat_interval:g} s; three of them must fit into"
                f" session_timeout ({self.session_timeout:g} s)"
            )
        return self


class HeartbeatSettings(_Part):
    """The sign of life for a watch outside this machine: given only while every promise is kept."""

    every: float = Field(default=30, ge=1, le=3_600)
    """Seconds between two rounds of checks, and so between two signs."""
    url: SecretStr | None = None
    """Asked with an empty POST at each sign; its path may hold the watch's own token."""
    ca_file: Path | None = None

    @field_validator("url")
    @classmethod
    def _an_address(cls, url: SecretStr | None) -> SecretStr | None:
        if url is not None:
            parse_target(url.get_secret_value())
        return url


class CanarySettings(_Part):
    """A message that goes the whole way and reaches nobody. Times in seconds."""

    enabled: bool = True
    every: float = Field(default=300, ge=10, le=3_600)
    within: float = Field(default=60, ge=5, le=600)
    """One that has not come through by then has failed: duty is paged, the heartbeat withheld."""


class StormSettings(_Part):
    """How many messages one recipient is sent in a while; never of duty's grave cases."""

    messages: int = Field(default=12, ge=0, le=10_000)
    """To one person or contact within the window, however many ways each takes; 0: as many as there
    are. What is too much waits, and for duty it is then told together."""
    within: float = Field(default=900, ge=1, le=86_400)
    """Seconds; nothing waits longer than this."""
    channels: dict[str, Annotated[int, Field(ge=0, le=10_000)]] = {}
    """Name of a channel -> another number for it, which is then counted by itself."""


class RetentionSettings(_Part):
    """For how long what is sealed is kept. In days."""

    sealed: int = Field(default=90, ge=14, le=3_650)
    """After a case was closed; then its key is destroyed. Announced 14 days before."""
    quarantined: int = Field(default=30, ge=1, le=35)
    """After it came, of what was put aside and no open incident is about."""


Role = Literal["intake", "web", "timers", "sender", "relay", "auditor"]
ALL_ROLES: tuple[Role, ...] = ("intake", "web", "timers", "sender", "relay", "auditor")


class Settings(BaseSettings):
    """Everything that can be set. Nothing here is read again while running."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_nested_delimiter="__",
        extra="forbid",
        frozen=True,
        hide_input_in_errors=True,
    )

    data_dir: Path = Path("tocsin-data")
    """Database, keys and outbox of this deployment."""
    database_url: SecretStr | None = None
    """SQLAlchemy's; without one, SQLite in the data directory."""
    http: HttpSettings = HttpSettings()
    phone: str = ""
    """The number printed in every message and page: a person answers it at any hour."""
    language: str = "en"
    timezone: str = "UTC"
    channels: dict[str, dict[str, Any]] = {}
    """Name of a channel -> its own settings with `kind`; see each channel's page."""
    kafka: KafkaSettings = KafkaSettings()
    heartbeat: HeartbeatSettings = HeartbeatSettings()
    canary: CanarySettings = CanarySettings()
    storm: StormSettings = StormSettings()
    retention: RetentionSettings = RetentionSettings()
    roles: Annotated[tuple[Role, ...], NoDecode] = ALL_ROLES
    processes: Annotated[tuple[tuple[Role, ...], ...], NoDecode] = ()
    """Roles of each process that `tocsin up` starts, over a server's database; empty: a few that
    make sense. In a variable a semicolon stands between processes."""
    rulebook: Path | None = None
    registry: Path | None = None
    roster: Path | None = None
    instance: str = ""
    """Name of this process, or of this machine's processes, among several; the host's when empty.
    No two may have the same."""
    time_factor: float = Field(default=1, gt=0, le=10_000)
    """Seconds of the engine per second of the wall: for the demo only."""

    _split = field_validator("roles", mode="before")(_words)
    _split_groups = field_validator("processes", mode="before")(_groups)

    @property
    def keys_dir(self) -> Path:
        """Where the master secret and the intake keys lie."""
        return self.data_dir / "keys"

    @property
    def database(self) -> SecretStr:
        """The database's URL, by default SQLite in the data directory."""
        if self.database_url is not None:
            return self.database_url
        return SecretStr(f"sqlite:///{self.data_dir / 'tocsin.db'}")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Variables win over what the file said, which is handed in as arguments."""
        return _Variables(settings_cls), init_settings


class _Variables(EnvSettingsSource):
    """The environment, with secrets taken out of the files that it names."""

    def __call__(self) -> dict[str, Any]:
        tree = dict(super().__call__())
        for name, secret in _twin_names().items():
            if name in os.environ and len(secret) == 1:  # nested ones are in the tree already
                tree[f"{secret[0]}_file"] = os.environ[name]
        return read_twin_files(tree, SECRETS)


def load_settings(path: Path | None = None) -> Settings:
    """Read the settings. Without a path, `TOCSIN_CONFIG` may name the file.

    Raises SettingsError, which lists every mistake.
    """
    named = os.environ.get(CONFIG_VARIABLE)
    path = path or (Path(named) if named else None)
    mistakes = _unknown_variables(os.environ)
    given = read_twin_files(read_settings_file(path), SECRETS) if path else {}
    try:
        settings = Settings(**given)
    except ValidationError as error:
        mistakes += [_mistake(one, path) for one in error.errors(include_url=False)]
        raise SettingsError(*mistakes) from None
    except ValueError as error:  # pydantic-settings: a variable that is not the JSON it should be
        raise SettingsError(*mistakes, f"{error}; lists and tables are given as JSON") from None
    if mistakes:
        raise SettingsError(*mistakes)
    return settings


def _unknown_variables(environment: Mapping[str, str]) -> list[str]:
    known = {name.upper() for name in Settings.model_fields}
    known |= {"_".join(secret).upper() for secret in SECRETS if len(secret) == 1}
    return [
        f"{name}: no such setting; take it away, or mend its spelling"
        for name in sorted(environment)
        if name.startswith(PREFIX)
        and name not in OTHER_VARIABLES
        and name not in _twin_names()
        and name.removeprefix(PREFIX).split("__")[0] not in known
    ]


def _twin_names() -> dict[str, tuple[str, ...]]:
    return {PREFIX + "__".join(secret).upper() + "_FILE": secret for secret in SECRETS}


def _mistake(error: Any, path: Path | None) -> str:
    """One mistake: where it stands, and what is wrong, without the value."""
    place = [str(part) for part in error["loc"]]
    variable = PREFIX + "__".join(place).upper()
    where = variable if variable in os.environ else f"{path or 'settings'}: {'.'.join(place)}"
    said = str(error["msg"]).removeprefix("Value error, ")
    if error["type"] == "extra_forbidden":
        said = "no such setting; take it away, or mend its spelling"
    return f"{where}: {said}"
