"""A cluster of one broker or three on this machine, by its data directory."""

import signal
import subprocess
from collections.abc import Sequence
from pathlib import Path

from engine.broker.certificates import AUTHORITY, make_certificates
from engine.broker.errors import BrokerError
from engine.broker.jars import Progress, fetched_jars
from engine.broker.java import java_command
from engine.broker.node import Node, NodeStatus
from engine.broker.options import (
    ADMIN,
    ENGINE,
    HOST,
    ClusterOptions,
    free_ports,
    keep_options,
    new_options,
    read_options,
    write_secret,
)
from engine.broker.properties import BROKER_NAME, SCRAM, node_properties
from engine.broker.readiness import known_brokers
from engine.clock import Clock, SystemClock
from engine.entropy import Entropy, SystemEntropy

_READY_WITHIN = 90.0  # seconds; 4 on a quiet machine
_PORT_TAKEN = b"Address already in use"
_PORTS_TRIED = 3


class LocalKafka:
    """Start it, use `bootstrap`, stop it; every call may be repeated. All methods block.

    What the cluster is (how many brokers, secure or not, its ports and its administrator) is
    chosen at the first start and remembered in the directory. `brokers` and `secure` left out mean
    what is remembered, else one broker without TLS. With `outlive` the brokers go on when this
    process ends; otherwise they die with it, however it ends. Raises BrokerError.
    """

    def __init__(
        self,
        directory: Path,
        *,
        brokers: int | None = None,
        secure: bool | None = None,
        outlive: bool = False,
        say: Progress = lambda _line: None,
        clock: Clock | None = None,
        entropy: Entropy | None = None,
    ) -> None:
        self._directory = directory.absolute()
        self._brokers = brokers
        self._secure = secure
        self._outlive = outlive
        self._say = say
        self._clock = clock or SystemClock()
        self._entropy = entropy or SystemEntropy()
        self._nodes: dict[int, Node] = {}

    @property
    def bootstrap(self) -> tuple[str, ...]:
        """`host:port` of each broker; empty before the first start."""
        options = read_options(self._directory)
        return tuple(f"{HOST}:{node.clients}" for node in options.nodes) if options else ()

    @property
    def secure(self) -> bool:
        """Whether clients need TLS, a user and a password."""
        options = read_options(self._directory)
        return options is not None and options.secure

    @property
    def ca_file(self) -> Path:
        """The certificate that clients of a secure cluster trust."""
        return self._tls / AUTHORITY

    @property
    def login(self) -> Path:
        """User and password, a line each, of whoever may do everything on a secure cluster."""
        return self._directory / f"{ADMIN}.login"

    @property
    def password_file(self) -> Path:
        """The password of the user ENGINE of a secure cluster, who may nothing until granted."""
        return self._directory / f"{ENGINE}.password"

    def start(self) -> None:
        """Fetch what is missing and start what does not run; returns when every broker answers."""
        options = self._chosen()
        jars = fetched_jars(say=self._say)
        self._directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        for _ in range(_PORTS_TRIED):
            keep_options(self._directory, options)
            self._prepare(options, jars)
            self._say("Starting Kafka …")
            try:
                self._launch(options, range(len(options.nodes)), jars)
            except _PortTakenError:
                if options.answered:
                    raise
                ports = free_ports(len(options.nodes), self._entropy)
                options = options.model_copy(update={"nodes": ports})
            else:
                keep_options(self._directory, options.model_copy(update={"answered": True}))
                return
        raise BrokerError("Every port tried was taken.", next_step="Repeat.")

    def stop(self) -> None:
        """Stop every broker, all at once, as they need each other to stop cleanly."""
        nodes = [self._node(n) for n in range(len(self.bootstrap))]
        for node in nodes:
            node.signal(signal.SIGTERM)
        for node in nodes:
            node.ended()

    def kill9(self, n: int = 0) -> None:
        """Kill one broker (counted from 0), as a power cut would."""
        node = self._node(self._number(n))
        node.signal(signal.SIGKILL)
        node.ended()

    def restart(self, n: int = 0) -> None:
        """Start one broker again, stopping it first if it runs; returns when it answers."""
        options = self._known()
        node = self._node(self._number(n))
        node.signal(signal.SIGTERM)
        node.ended()
        self._launch(options, (n,), fetched_jars(say=self._say))

    def status(self) -> tuple[NodeStatus, ...]:
        """How each broker is; empty before the first start."""
        options = read_options(self._directory)
        if options is None:
            return ()
        return tuple(
            NodeStatus(
                node=n,
                pid=(pid := self._node(n).pid),
                ready=pid is not None and n in self._seen_from(options, n),
                address=f"{HOST}:{ports.clients}",
            )
            for n, ports in enumerate(options.nodes)
        )

    def _command(self, jars: Path, node: Node) -> list[str]:
        return java_command(jars, "kafka.Kafka", str(node.properties))

    @property
    def _tls(self) -> Path:
        return self._directory / "tls"

    def _node(self, n: int) -> Node:
        if n not in self._nodes:
            self._nodes[n] = Node(self._directory / f"broker-{n}", self._clock)
        return self._nodes[n]

    def _number(self, n: int) -> int:
        if not 0 <= n < len(self._known().nodes):
            raise BrokerError(f"There is no broker {n}.", next_step="They are counted from 0.")
        return n

    def _known(self) -> ClusterOptions:
        options = read_options(self._directory)
        if options is None:
            raise BrokerError(
                f"No cluster was ever started in {self._directory}.", next_step="Start it first."
            )
        return options

    def _chosen(self) -> ClusterOptions:
        """What was remembered, if it is what is asked for; else a new cluster."""
        kept = read_options(self._directory)
        if kept is None:
            return new_options(
                brokers=1 if self._brokers is None else self._brokers,
                secure=bool(self._secure),
                entropy=self._entropy,
            )
        if self._brokers not in (None, len(kept.nodes)) or self._secure not in (None, kept.secure):
            kind = "secure" if kept.secure else "without TLS"
            raise BrokerError(
                f"{self._directory} holds a cluster of {len(kept.nodes)}, {kind}.",
                next_step="Start it as it is, or remove the directory with all its records.",
            )
        return kept

    def _prepare(self, options: ClusterOptions, jars: Path) -> None:
        """Properties, certificates and formatted storage of every node."""
        if options.secure:
            make_certificates(self._tls, name=BROKER_NAME, host=HOST, now=self._clock.now())
            write_secret(self.login, f"{ADMIN}\n{options.passwords[ADMIN]}\n")
            write_secret(self.password_file, f"{options.passwords[ENGINE]}\n")
        formatting = []
        for n in range(len(options.nodes)):
            home = self._directory / f"broker-{n}"
            home.mkdir(mode=0o700, exist_ok=True)
            properties = self._node(n).properties
            properties.touch(mode=0o600)
            properties.write_text(node_properties(options, n, home=home, tls=self._tls), "utf-8")
            if not (home / "log" / "meta.properties").exists():
                formatting.append(_begin_format(options, jars, properties))
        for process, told in formatting:
            output, _ = process.communicate()
            told.unlink(missing_ok=True)
            if process.returncode != 0:
                raise BrokerError(
                    "Kafka could not format its storage: " + output.decode(errors="replace")[-500:],
                    next_step=f"Look at {self._directory}.",
                )

    def _launch(self, options: ClusterOptions, numbers: Sequence[int], jars: Path) -> None:
        waiting = []
        for n in numbers:
            node = self._node(n)
            if node.pid is None:
                node.launch(self._command(jars, node), outlive=self._outlive)
            waiting.append(n)
        until = self._clock.monotonic() + _READY_WITHIN
        wanted = frozenset(numbers)
        for n in waiting:
            while not wanted <= self._seen_from(options, n):
                self._still_hopeful(n, until)

    def _still_hopeful(self, n: int, until: float) -> None:
        """Wait a moment for a broker. Raises BrokerError when it has ended, or time is up."""
        node = self._node(n)
        node.pause()
        if node.pid is not None and self._clock.monotonic() < until:
            return
        said = node.said.read_bytes()[-4000:]
        self.stop()
        if _PORT_TAKEN in said:
            raise _PortTakenError(
                "A port of the local Kafka is taken by another process.",
                next_step="Stop that process, or remove the cluster's directory and start anew.",
            )
        raise BrokerError(
            f"Broker {n} did not come up: " + said.decode(errors="replace")[-600:],
            next_step=f"Look at {node.said}.",
        )

    def _seen_from(self, options: ClusterOptions, n: int) -> frozenset[int]:
        port = options.nodes[n].brokers
        return known_brokers(port, tls=self._tls if options.secure else None)


class _PortTakenError(BrokerError):
    """Between choosing a port and using it, another process took it."""


def _begin_format(
    options: ClusterOptions, jars: Path, properties: Path
) -> tuple[subprocess.Popen[bytes], Path]:
    """The process, and a file to remove when it has ended."""
    arguments = ["format", "--cluster-id", options.cluster_id, "--config", str(properties)]
    told = properties.with_name("format.arguments")
    if options.secure:
        # Through a file of ours: every user of this machine may read a command line.
        users = (
            f"--add-scram\n{SCRAM}=[name={user},password={secret}]\n"
            for user, secret in options.passwords.items()
        )
        write_secret(told, "".join(users))
        arguments += [f"@{told}"]
    process = subprocess.Popen(  # noqa: S603 - our own command
        java_command(jars, "kafka.tools.StorageTool", *arguments),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    return process, told
