"""What each broker is told: small, quick, on loopback, and nothing made by accident."""

from collections.abc import Mapping
from pathlib import Path

from engine.broker.certificates import AUTHORITY, BROKER
from engine.broker.options import ADMIN, HOST, ClusterOptions

CLIENTS, BROKERS, CONTROLLER = "CLIENTS", "BROKERS", "CONTROLLER"
BROKER_NAME = "local-broker"
SCRAM = "SCRAM-SHA-512"
_MiB = 1024 * 1024


def node_properties(options: ClusterOptions, n: int, *, home: Path, tls: Path) -> str:
    """The properties file of one node, whose records go under `home`."""
    told = {**_place(options, n, home), **_size(len(options.nodes)), **_safety(options, tls)}
    return "".join(f"{name}={value}\n" for name, value in sorted(told.items()))


def _place(options: ClusterOptions, n: int, home: Path) -> Mapping[str, str]:
    ports = options.nodes[n]
    listeners = {CLIENTS: ports.clients, BROKERS: ports.brokers, CONTROLLER: ports.controller}
    return {
        "process.roles": "broker,controller",
        "node.id": str(n),
        "controller.quorum.voters": ",".join(
            f"{number}@{HOST}:{node.controller}" for number, node in enumerate(options.nodes)
        ),
        "listeners": ",".join(f"{name}://{HOST}:{port}" for name, port in listeners.items()),
        "inter.broker.listener.name": BROKERS,
        "controller.listener.names": CONTROLLER,
        "log.dirs": str(home / "log"),
    }


def _size(brokers: int) -> Mapping[str, str]:
    copies = str(brokers)  # one or three
    in_sync = "2" if brokers > 1 else "1"
    return {
        "auto.create.topics.enable": "false",
        "broker.heartbeat.interval.ms": "1000",
        "broker.session.timeout.ms": "4000",  # a dead broker's partitions move after 4 s, not 9
        "default.replication.factor": copies,
        "group.coordinator.threads": "1",
        "group.initial.rebalance.delay.ms": "0",
        "group.min.session.timeout.ms": "1000",
        "log.cleaner.dedupe.buffer.size": str(4 * _MiB),  # else 128 MiB of the heap
        "log.retention.check.interval.ms": "1000",
        "min.insync.replicas": in_sync,
        "num.io.threads": "4",
        "num.network.threads": "2",
        "offsets.topic.num.partitions": "8",
        "offsets.topic.replication.factor": copies,
        "share.coordinator.state.topic.min.isr": in_sync,
        "share.coordinator.state.topic.num.partitions": "1",
        "share.coordinator.state.topic.replication.factor": copies,
        "transaction.state.log.min.isr": in_sync,
        "transaction.state.log.num.partitions": "4",
        "transaction.state.log.replication.factor": copies,
    }


def _safety(options: ClusterOptions, tls: Path) -> Mapping[str, str]:
    """Clients prove who they are by SCRAM; the nodes among themselves, by certificate."""
    if not options.secure:
        kinds = {CLIENTS: "PLAINTEXT", BROKERS: "PLAINTEXT", CONTROLLER: "PLAINTEXT"}
        return {"listener.security.protocol.map": _pairs(kinds)}
    kinds = {CLIENTS: "SASL_SSL", BROKERS: "SSL", CONTROLLER: "SSL"}
    listener = "listener.name.{}.".format
    return {
        "listener.security.protocol.map": _pairs(kinds),
        "sasl.enabled.mechanisms": SCRAM,
        listener("clients") + f"{SCRAM.lower()}.sasl.jaas.config": (
            "org.apache.kafka.common.security.scram.ScramLoginModule required;"
        ),
        listener("brokers") + "ssl.client.auth": "required",
        listener("controller") + "ssl.client.auth": "required",
        "ssl.keystore.type": "PEM",
        "ssl.keystore.location": str(tls / BROKER),
        "ssl.truststore.type": "PEM",
        "ssl.truststore.location": str(tls / AUTHORITY),
        "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
        "super.users": f"User:CN={BROKER_NAME};User:{ADMIN}",
    }


def _pairs(kinds: Mapping[str, str]) -> str:
    return ",".join(f"{name}:{kind}" for name, kind in kinds.items())
