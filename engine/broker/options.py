"""What a local cluster is, as its data directory remembers it."""

import base64
import os
import socket
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from engine.broker.errors import BrokerError
from engine.entropy import Entropy

FILE = "cluster.json"
HOST = "127.0.0.1"
SIZES = (1, 3)
ADMIN, ENGINE = "admin", "tocsin"
_PORTS = range(20_000, 32_000)
"""Below the ports that outgoing connections get: a client that keeps trying a dead broker could
otherwise be given its port, connect to itself, and keep the broker from coming back."""


class NodePorts(BaseModel):
    """Where one node listens, on loopback."""

    model_config = ConfigDict(frozen=True)

    clients: int
    brokers: int
    controller: int


class ClusterOptions(BaseModel):
    """One cluster. Chosen at its first start, never changed after."""

    model_config = ConfigDict(frozen=True)

    secure: bool
    cluster_id: str
    nodes: tuple[NodePorts, ...]
    passwords: dict[str, str]
    """Of its first users: `admin`, who may do everything, and `tocsin`, who may nothing yet. Used
    only where the cluster is secure."""
    answered: bool = False
    """It was ready once, so somebody may have been told its ports."""


def new_options(*, brokers: int, secure: bool, entropy: Entropy) -> ClusterOptions:
    """A cluster that has not been yet. Raises BrokerError for another size than 1 or 3."""
    if brokers not in SIZES:
        raise BrokerError(
            f"{brokers} brokers cannot be had here.",
            next_step="Choose 1, or 3 to see replication at work.",
        )
    return ClusterOptions(
        secure=secure,
        cluster_id=_text(b"desk" + entropy.token(12)),  # sixteen bytes; never a leading dash
        nodes=free_ports(brokers, entropy),
        passwords={user: _text(entropy.token(24)) for user in (ADMIN, ENGINE)},
    )


def free_ports(brokers: int, entropy: Entropy) -> tuple[NodePorts, ...]:
    """Ports for that many brokers. Nobody listens on them now; another may be quicker still."""
    ports = iter(_free(brokers * 3, entropy))
    return tuple(
        NodePorts(clients=next(ports), brokers=next(ports), controller=next(ports))
        for _ in range(brokers)
    )


def read_options(directory: Path) -> ClusterOptions | None:
    """What the directory remembers; None when no cluster was ever started there."""
    path = directory / FILE
    if not path.exists():
        return None
    try:
        return ClusterOptions.model_validate_json(path.read_bytes())
    except ValueError as error:
        raise BrokerError(
            f"{path} is not a cluster of ours.",
            next_step="Choose another directory, or remove this one with all its records.",
        ) from error


def keep_options(directory: Path, options: ClusterOptions) -> None:
    """Remember it."""
    write_secret(directory / FILE, options.model_dump_json(indent=2))


def write_secret(path: Path, text: str) -> None:
    """Write a file whole or not at all, for its owner's eyes alone."""
    making = path.with_name(f"{path.name}.new")
    handle = os.open(making, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(text)
    making.replace(path)


def _text(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode("ascii")


def _free(count: int, entropy: Entropy) -> list[int]:
    # Where to look first is tossed, as others look as well.
    found: list[int] = []
    start = int(entropy.code(5)) % len(_PORTS)
    for step in range(len(_PORTS)):
        port = _PORTS[(start + step) % len(_PORTS)]
        with socket.socket() as probe:
            try:
                probe.bind((HOST, port))
            except OSError:
                continue
        found.append(port)
        if len(found) == count:
            return found
    raise BrokerError("No free port on loopback.", next_step="Stop something, then repeat.")
