"""Which processes an engine is made of: groups of roles, each killed and started by itself.

On SQLite one process does everything. Over a server several do, so that a reader of the log that
leaves never takes messages on their way with it, and a slow page never a timer.
"""

from dataclasses import dataclass

from engine.settings import ALL_ROLES, Role, Settings

WITH_LOG: tuple[tuple[Role, ...], ...] = (
    ("intake",),
    ("web",),
    ("timers", "auditor"),
    ("sender",),
    ("relay",),
)
WITHOUT_LOG: tuple[tuple[Role, ...], ...] = (
    ("web", "intake"),
    ("timers", "auditor"),
    ("sender",),
)
"""Without a log reports come over HTTP, where the pages are."""


class WrongProcessesError(Exception):
    """The processes of the settings would leave something undone; the message says what."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """The roles of one process, and what it is called."""

    name: str
    roles: tuple[Role, ...]


def opens_http(settings: Settings) -> bool:
    """Whether a process of these settings listens on the public socket.

    `web` does, for people and for programs. `intake` alone reads the log; where there is none,
    reports come over HTTP and it listens itself.
    """
    roles = settings.roles or ALL_ROLES
    return "web" in roles or ("intake" in roles and not settings.kafka.enabled)


def groups(settings: Settings) -> tuple[Group, ...]:
    """The processes of these settings. Raises WrongProcessesError."""
    if settings.database.get_secret_value().startswith("sqlite"):
        if len(settings.processes) > 1:
            raise WrongProcessesError(
                "SQLite is one process's alone, and the settings name several."
            )
        return (Group(name="engine", roles=settings.roles),)
    wanted = settings.processes or (WITH_LOG if settings.kafka.enabled else WITHOUT_LOG)
    mine = [tuple(role for role in group if role in settings.roles) for group in wanted]
    _check(settings, mine)
    return _named([roles for roles in mine if roles])


def _check(settings: Settings, mine: list[tuple[Role, ...]]) -> None:
    idle = () if settings.kafka.enabled else ("relay",)
    done = {role for roles in mine for role in roles}
    missing = [role for role in settings.roles if role not in done and role not in idle]
    if missing:
        raise WrongProcessesError(
            f"No process has the role {', '.join(missing)}: nobody would do that."
        )


def _named(all_roles: list[tuple[Role, ...]]) -> tuple[Group, ...]:
    named: list[Group] = []
    for roles in all_roles:
        base = "-".join(roles)
        same = sum(1 for group in named if group.roles == roles)
        named.append(Group(name=f"{base}-{same + 1}" if same else base, roles=roles))
    return tuple(named)
