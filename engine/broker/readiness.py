"""Whether a broker answers: one Metadata request in which it must list itself and its controller.

An open port proves nothing: a broker opens it before it takes part in its cluster.
"""

import socket
import ssl
import struct
from pathlib import Path

from engine.broker.certificates import AUTHORITY, BROKER
from engine.broker.options import HOST

_METADATA, _VERSION, _CORRELATION = 3, 1, 7
_WITHIN = 3.0  # seconds for connecting, and again for each read


def known_brokers(port: int, *, tls: Path | None = None) -> frozenset[int]:
    """Numbers of the brokers that the one at this port knows of; empty when it does not answer.

    `tls` is the folder of the cluster's certificates, where the nodes' own listener wants one.
    """
    try:
        with socket.create_connection((HOST, port), timeout=_WITHIN) as plain:
            if tls is None:
                return _ask(plain)
            with _context(tls).wrap_socket(plain, server_hostname=HOST) as wrapped:
                return _ask(wrapped)
    except (OSError, EOFError, struct.error):
        return frozenset()


def _context(tls: Path) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=tls / AUTHORITY)
    context.load_cert_chain(tls / BROKER)
    return context


def _ask(connection: socket.socket) -> frozenset[int]:
    name = b"tocsin-ready"
    header = struct.pack(f">hhih{len(name)}s", _METADATA, _VERSION, _CORRELATION, len(name), name)
    request = header + struct.pack(">i", 0)  # of no topic
    connection.sendall(struct.pack(">i", len(request)) + request)
    (length,) = struct.unpack(">i", _exactly(connection, 4))
    return _listed(_exactly(connection, length))


def _exactly(connection: socket.socket, count: int) -> bytes:
    data = b""
    while len(data) < count:
        more = connection.recv(count - len(data))
        if not more:
            raise EOFError
        data += more
    return data


def _listed(answer: bytes) -> frozenset[int]:
    """Node numbers in a Metadata answer, version 1; none while there is no controller."""
    count, at = struct.unpack_from(">i", answer, 4)[0], 8
    found = []
    for _ in range(count):
        number, host = struct.unpack_from(">ih", answer, at)
        at += 6 + host + 4  # number, host, port
        (rack,) = struct.unpack_from(">h", answer, at)
        at += 2 + max(rack, 0)
        found.append(number)
    (controller,) = struct.unpack_from(">i", answer, at)
    return frozenset(found) if controller >= 0 else frozenset()
