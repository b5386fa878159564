"""No way to a channel goes around the guard: every module is read, its imports, calls, signatures.

The types make a message out of a projection, and a projection out of a verdict. What types cannot
say is said here: nothing else makes either, nobody but the sender hands anything to a channel,
and nothing but what is listed can reach another machine. A way found is told as a sentence.
"""

import ast
import inspect
from collections.abc import Container, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from notifiers.channel import Channel
from notifiers.message import ChannelKind, HowToAnswer
from notifiers.render import render
from rules import guard
from schemas.codes import TrackName
from schemas.plan import Reason, Verdict
from schemas.projection import Purpose

HERE = Path(__file__).parents[1]
ROOMS = ("engine", "notifiers", "rules", "schemas")
SENDER = "engine/sender.py"
ANSWER_PAGE = "engine/web/answer/fields.py"

MAKERS = {
    "_make_projection": {"schemas/projection.py", "rules/guard.py"},
    "_make_message": {"notifiers/message.py", "notifiers/render.py"},
    "_SEAL": {"schemas/projection.py", "notifiers/message.py"},
    "Projection": {"schemas/projection.py"},
    "Message": {"notifiers/message.py"},
}
"""Who may name (of the first three) or call (of the last two) what makes them."""

HOMES = {"Projection": "schemas.projection", "Message": "notifiers.message"}

HOLD_CHANNELS = {
    SENDER: "hands messages to them",
    "engine/canary_sink.py": "names the types",
    "engine/registry/checks.py": "knows the names of those that are shipped",
    "engine/bootstrap/doctor.py": "looks whether they can be built",
    "engine/bootstrap/engine.py": "hands them to the sender",
    "engine/bootstrap/loops.py": "hands them to the sender",
    "engine/bootstrap/serving.py": "builds them",
}

REACH_OUT = {
    "notifiers/email/": "a channel",
    "notifiers/sms/channel.py": "a channel",
    "notifiers/webhook/": "a channel, and how the heartbeat is sent",
    "engine/heartbeat.py": "says that we live, and nothing else",
    "engine/publisher.py": "the log: what the relay gives it",
    "engine/broker/": "a broker of our own, on this machine",
    "engine/cluster/": "topics and rights of the log",
    "engine/intake/": "reads the log",
    "engine/cli/": "a person at a terminal asks the engine",
    "engine/demo/": "an invented story, on this machine",
    "engine/bootstrap/": "looks whether ports are free and hosts answer; waits at our own doors",
    "engine/watchdog_notify.py": "one word to who started us, on this machine",
    "engine/supervisor.py": "starts our own processes",
    "engine/outlet.py": "writes the log to where it was given; connects to nobody",
    "engine/registry/rebuild.py": "starts a process of ours that builds the registry",
}
"""Whoever can open a connection or start a process, and for what."""

NETWORK = frozenset(
    """aiohttp aiokafka aiosmtplib confluent_kafka faust ftplib grpc h11 h2 http.client httpx httpx2
    imaplib nntplib paramiko poplib requests smtplib socket socketserver ssl subprocess telnetlib
    urllib.request urllib3 websockets xmlrpc""".split()
)
OPENERS = frozenset(
    """create_connection create_datagram_endpoint create_subprocess_exec create_subprocess_shell
    create_unix_connection open_connection open_unix_connection urlopen execv execve popen
    posix_spawn sock_connect system""".split()
)
VAULT = ("engine.vault", "engine.store.vault", "engine.case_vault")
WITHOUT_VAULT = ("rules/", "notifiers/", "schemas/", SENDER, "engine/relay", "engine/web/answer/en")
"""What writes, decides or sends words for others: it could not show what is sealed."""


def ways_around(sources: Mapping[str, str]) -> list[str]:
    """Every way around the guard in these modules: path -> text."""
    return [
        f"{path}:{line} {what}"
        for path, text in sorted(sources.items())
        for line, what in _of_module(path, ast.parse(text))
    ]


def _of_module(path: str, tree: ast.Module) -> Iterator[tuple[int, str]]:
    imported = dict(_imports(tree))
    holds = any(_is_channel(name) for name in imported)
    if path.startswith("engine/") and holds and path not in HOLD_CHANNELS:
        yield 0, "holds channels: only the sender hands anything to one"
    for name, line in imported.items():
        top = name.partition(".")[0]
        if (top in NETWORK or name in NETWORK) and not path.startswith(tuple(REACH_OUT)):
            yield line, f"imports {name}: it could tell somebody without asking the guard"
        if name.startswith(VAULT) and path.startswith(WITHOUT_VAULT):
            yield line, f"imports {name}: what is sealed is not its business"
        if name == "notifiers.render.render" and path != SENDER:
            yield line, "renders messages: only the sender does"
        if name == "rules.guard.project" and path != SENDER:
            yield line, "projects: only the sender and the recipient's page do"
    for node in ast.walk(tree):
        yield from _of_node(path, node, imported, holds=holds)


def _of_node(
    path: str, node: ast.AST, imported: Container[str], *, holds: bool
) -> Iterator[tuple[int, str]]:
    match node:
        case ast.alias(name=str(name), lineno=line) | ast.Name(id=str(name), lineno=line):
            if name.startswith("_") and path not in MAKERS.get(name, {path}):
                yield line, f"names {name}"
        case ast.Attribute(attr=str(name), lineno=line):
            if name.startswith("_") and path not in MAKERS.get(name, {path}):
                yield line, f"names {name}"
            if name == "send" and holds and path != SENDER:
                yield line, "has channels, and sends"
        case ast.Constant(value="_make_projection" | "_make_message", lineno=line):
            yield line, "looks something up by a name that only its maker may use"
        case ast.AsyncFunctionDef(name="send", lineno=line) if path.startswith("notifiers/"):
            if [ast.unparse(a.annotation or a) for a in node.args.args[1:]] != [
                "Message",
                "Endpoint",
            ]:
                yield line, "sends something else than a Message to an Endpoint"
    if isinstance(node, ast.Call):
        yield from _of_call(path, node, imported)


def _of_call(path: str, call: ast.Call, imported: Container[str]) -> Iterator[tuple[int, str]]:
    called = _called(call)
    given = {each.arg: each.value for each in call.keywords}
    if f"{HOMES.get(called)}.{called}" in imported and path not in MAKERS[called]:
        yield call.lineno, f"makes a {called}"
    if called == "Verdict" and path not in ("rules/guard.py", "schemas/plan.py"):
        allowed = given.get("allowed")
        if not (isinstance(allowed, ast.Constant) and allowed.value is False):
            yield call.lineno, "makes a verdict that may allow"
    if called in ("replace", "__replace__", "model_copy", "__setattr__") and "allowed" in given:
        yield call.lineno, "turns a verdict"
    if ast.unparse(call.func) == "guard.project" and path not in (SENDER, ANSWER_PAGE):
        yield call.lineno, "projects: only the sender and the recipient's page do"
    if called in OPENERS and not path.startswith(tuple(REACH_OUT)):
        yield call.lineno, f"calls {called}: it could tell somebody without asking the guard"
    if called in ("getattr", "methodcaller", "attrgetter") and any(
        isinstance(each, ast.Constant) and each.value == "send" for each in call.args
    ):
        yield call.lineno, "sends by a name that is looked up"
    if called in ("__import__", "import_module", "exec", "eval") and path.startswith(
        ("rules/", "notifiers/")
    ):
        yield call.lineno, f"calls {called}: what it brings in cannot be seen here"


def _called(call: ast.Call) -> str:
    match call.func:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""


def _imports(tree: ast.Module) -> Iterator[tuple[str, int]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module, node.lineno
            yield from ((f"{node.module}.{alias.name}", node.lineno) for alias in node.names)


def _is_channel(name: str) -> bool:
    return name == "notifiers" or (
        name.startswith("notifiers.")
        and ("channel" in name.split(".") or name.startswith("notifiers.registry"))
    )


def _modules() -> dict[str, str]:
    return {
        path.relative_to(HERE).as_posix(): path.read_text("utf-8")
        for room in ROOMS
        for path in sorted((HERE / room).rglob("*.py"))
    }


def test_no_way_to_a_channel_goes_around_the_guard() -> None:
    assert not ways_around(_modules())


PLANTED = {
    "a channel of its own": (
        "engine/shortcut.py",
        "from notifiers.registry import build_channels\n"
        "async def tell(message, endpoint):\n"
        "    for channel in build_channels({}).values():\n"
        "        await channel.send(message, endpoint)\n",
    ),
    "a channel of one kind": ("engine/shortcut.py", "from notifiers.sms.channel import SmsChannel"),
    "the sender's work elsewhere": (
        "engine/desk/tell.py",
        "from notifiers.render import render\nfrom rules.guard import project\n",
    ),
    "a projection by the module": (
        "engine/desk/tell.py", "from rules import guard\nguard.project(verdict=None)\n",
    ),
    "a projection of its own": (
        "engine/desk/tell.py", "from schemas.projection import _make_projection as make\n",
    ),
    "a seal that is lent": (
        "engine/desk/tell.py", "import schemas.projection as p\nseal = p._SEAL\n",
    ),
    "a message of its own": ("engine/desk/tell.py", "from notifiers.message import _make_message"),
    "a maker by its name": (
        "engine/desk/tell.py", "import notifiers.message as m\ngetattr(m, '_make_message')()\n",
    ),
    "a projection from its class": (
        "engine/desk/tell.py",
        "from schemas.projection import Projection\nProjection(seal, *fields)\n",
    ),
    "a channel's send by its name": (
        "engine/desk/tell.py", "def f(channel):\n    return getattr(channel, 'send')\n",
    ),
    "a verdict of its own": (
        "engine/case/tell.py",
        "from schemas.plan import Reason, Verdict\n"
        "fine = Verdict(allowed=True, reason=Reason.ALLOWED)\n",
    ),
    "a verdict that depends": ("engine/case/tell.py", "Verdict(allowed=not no, reason=why)\n"),
    "a verdict turned": (
        "engine/case/tell.py", "from dataclasses import replace\nreplace(no, allowed=True)\n",
    ),
    "a channel that takes words": (
        "notifiers/pigeon/channel.py",
        "class Pigeon:\n    async def send(self, text: str, endpoint: Endpoint): ...\n",
    ),
    "another way out": ("engine/case/tell.py", "import smtplib\n"),
    "another way out, hidden": (
        "engine/web/tell.py", "def f():\n    from urllib.request import urlopen\n",
    ),
    "a connection of the loop": (
        "engine/desk/tell.py", "import asyncio\nasyncio.open_connection('relief.example', 25)\n",
    ),
    "a process": ("engine/desk/tell.py", "import os\nos.system('mail')\n"),
    "rules that read the vault": ("rules/peek.py", "from engine.vault import Vault\n"),
    "letters that read the vault": ("notifiers/peek.py", "import engine.store.vault\n"),
    "rules that import unseen": (
        "rules/peek.py", "import importlib\nimportlib.import_module('engine.' + 'vault')\n",
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", PLANTED)
def test_a_way_around_that_somebody_plants_is_found(what: str) -> None:
    path, text = PLANTED[what]

    found = ways_around({path: text})

    assert found
    assert all(path in each for each in found)


def test_nobody_is_listed_who_needs_it_no_more() -> None:
    modules = _modules()

    for path in HOLD_CHANNELS:
        assert any(_is_channel(name) for name, _ in _imports(ast.parse(modules[path]))), path
    for begin in REACH_OUT:
        assert any(path.startswith(begin) for path in modules), begin


def test_the_sender_renders_what_was_projected_on_the_verdict_of_the_claim() -> None:
    """Down to the call: verdict of the job -> projection -> message -> channel."""
    tree = ast.parse((HERE / SENDER).read_text("utf-8"))
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    projected = [call for call in calls if _called(call) == "project"]
    rendered = [call for call in calls if _called(call) == "render"]
    sent = [call for call in calls if _called(call) == "send"]
    bound = {
        target.id: _called(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call)
        for target in node.targets
        if isinstance(target, ast.Name)
    }

    for call in projected:
        given = {each.arg: ast.unparse(each.value) for each in call.keywords}
        assert given["verdict"] == "job.verdict"
    assert [bound[ast.unparse(call.args[0])] for call in rendered] == ["project"]
    assert [bound[ast.unparse(call.args[0])] for call in sent] == ["_message"]
    assert projected


def test_signatures_leave_no_way_in_without_a_verdict() -> None:
    verdict = inspect.signature(guard.project).parameters["verdict"]
    projection = inspect.signature(render).parameters["projection"]
    message, endpoint = list(inspect.signature(Channel.send).parameters.values())[1:]

    assert (verdict.annotation, verdict.default) == (Verdict, inspect.Parameter.empty)
    assert projection.annotation.__name__ == "Projection"
    assert projection.default is inspect.Parameter.empty
    assert (message.annotation.__name__, endpoint.annotation.__name__) == ("Message", "Endpoint")
    assert message.default is inspect.Parameter.empty


def test_neither_a_projection_nor_a_message_can_be_copied_with_other_words() -> None:
    """`replace` of a copy that somebody was given would be a way to make one without asking."""
    projection = guard.project(
        verdict=Verdict(allowed=True, reason=Reason.ALLOWED),
        purpose=Purpose.PAGE, audience=TrackName.DUTY, reference="7K3Q-92", deadline=None,
        language="en", zone="UTC", severity="critical", detail="", count=1, event_fields={},
        field_class=frozenset(), consent_fields=frozenset(), exercise=False,
    )  # fmt: skip
    message = render(
        projection, key="k", at=datetime(2027, 3, 1, tzinfo=UTC), how=HowToAnswer(),
        channel_kind=ChannelKind.EMAIL,
    )  # fmt: skip

    with pytest.raises((TypeError, ValueError)):
        replace(projection, reference="QM-1")
    with pytest.raises((TypeError, ValueError)):
        replace(message, body="They are at the old mill.")
