"""What holds for every page: small, ours alone, unstored, readable by all, silent about names."""

import re
from collections.abc import Iterator

import pytest

from engine.web.headers import HEADERS
from engine.web.pages import PAGE_BYTES_MAX
from tests.harness.reports import report
from tests.integration.web.holder import Holder
from tests.integration.web.reading import Reading
from tests.integration.web.stage import Stage
from tests.integration.web.story import (
    arrest,
    choose,
    enter,
    open_case,
    page_of,
    press,
    release,
    submit,
)

NAMES = re.compile(
    r"cerro|guardia|nordstein|embassy-|nhri-|police|lea\b|vik\b|capital|subject|mining|\bqm\b|\bqn\b",
    re.IGNORECASE,
)

GATED = (
    "certainty", "heard", "mode", "necessity", "together/missions", "status", "contact", "lower",
    "remedy", "steer/missions", "call", "hand", "add", "replan",
)  # fmt: skip


PARTS = (
    "freeze", "hold", "dates", "resolve", "left-out", "story?before=9", "consent", "sharing",
    "clear", "task", "standing", "link", "attempt", "round",
)  # fmt: skip


def every_page(desk: Stage) -> Iterator[tuple[str, object]]:
    """Walk through everything, as a handler and as a recipient."""
    client = desk.client
    yield from every_page_at_the_door(desk)
    desk.log_in("ana")
    yield "empty board", client.get("/")
    ref = open_case(desk)
    threat = report(
        "death_threat", id="e2", situation="s2", subject="other", consents=["companies"],
        parties={"police-qm": "alleged_perpetrator"}, danger_now="yes",
    )  # fmt: skip
    open_case(desk, threat)
    yield "board", client.get("/")
    yield "cases", client.get("/cases?status=open")
    yield "owed", client.get("/owed?list=decide")
    yield "fresh case", client.get(f"/cases/{ref}")
    yield "taken", press(desk, ref, "own")
    yield "refused", press(desk, ref, "confirm")
    yield "impossible", press(desk, ref, "dance")
    yield "release", client.get(f"/cases/{ref}/release/missions")
    yield "release lacks", submit(desk, f"/cases/{ref}/release/missions", {})
    release(desk, ref)
    yield "release whole", client.get(f"/cases/{ref}/release/companies")
    for part in GATED:
        yield f"gate {part}", client.get(f"/cases/{ref}/{part}")
    yield "gate lacks", submit(desk, f"/cases/{ref}/certainty", {})
    shown = client.get(f"/cases/{ref}")
    yield "case", shown
    for part in ("answer", "finish", "reveal"):
        if f"/{part}/" in shown.text:
            id = shown.text.split(f"/{part}/")[1].split('"')[0]
            yield part, client.get(f"/cases/{ref}/{part}/{id}")
            yield f"{part} lacks", submit(desk, f"/cases/{ref}/{part}/{id}", {})
    yield from every_promise_page(desk, ref, shown.text)
    for part in PARTS:
        yield part, client.get(f"/cases/{ref}/{part}")
    yield "freeze lacks", submit(desk, f"/cases/{ref}/freeze", {})
    yield "resolve lacks", submit(desk, f"/cases/{ref}/resolve", {})
    yield "new", client.get("/new")
    yield "new lacks", submit(desk, "/new", {})
    new = submit(desk, "/new", {"code": "arrest", "identity": "A name"})
    yield "reported", new
    sealed = new.text.split("/reveal/")[1].split('"')[0]
    path = f"{str(new.url).split('?')[0]}/reveal/{sealed}"
    yield "revealed", submit(desk, path.removeprefix("https://desk.example"), {"reason": "A test"})
    yield "stop", client.get("/stop")
    yield "parties", client.get("/parties")
    found = submit(desk, "/parties", {"find": "cerro"})
    yield "parties found", found
    yield "party", client.get(re.findall(r'href="(/parties/[0-9a-f]+)"', found.text)[0])
    yield "duty", client.get("/duty")
    yield "aside", client.get("/aside")
    yield "told", client.get(f"/cases/{ref}/told")
    yield "link made", submit(desk, f"/cases/{ref}/told", {"act": "make:hotline-a/subject-1"})
    yield from every_holder_page(desk)
    yield from every_answer_page(desk, ref)


def every_page_at_the_door(desk: Stage) -> Iterator[tuple[str, object]]:
    """What anybody meets who is not logged in."""
    client = desk.client
    yield "login", client.get("/login")
    yield "login refused", client.post("/login", data={"person": "ana", "password": "x"})
    yield "nothing there", client.get("/nothing")
    yield "bounce", client.get("/cases", headers={"Sec-Fetch-Site": "cross-site"})


def every_promise_page(desk: Stage, ref: str, shown: str) -> Iterator[tuple[str, object]]:
    """A promise on the phone, what it is worth, and that it is none any more."""
    client = desk.client
    alert = shown.split("/answer/")[1].split('"')[0]
    promise = {"by": _spoke(client, ref, alert), "kind": "committed", "action": "visit"}
    due = {"due_day": "2027-03-03", "due_time": "14:00", "condition": "text_cleared"}
    yield "promised by phone", submit(desk, f"/cases/{ref}/answer/{alert}", {**promise, **due})
    for part in ("judge", "withdraw"):
        yield part, client.get(f"/cases/{ref}/{part}/{alert}")
        yield f"{part} lacks", submit(desk, f"/cases/{ref}/{part}/{alert}", {})


def _spoke(client: object, ref: str, alert: str) -> str:
    form = client.get(f"/cases/{ref}/answer/{alert}").text  # type: ignore[attr-defined]
    return form.split('<select id="by"')[1].split('<option value="')[2].split('"')[0]


def every_holder_page(desk: Stage) -> Iterator[tuple[str, object]]:
    """What whoever holds the consent meets, up to the question whether to stop."""
    holder = Holder(desk)
    yield "holder code", desk.client.get(holder.path)
    yield "holder wrong code", holder.enter("0")
    listed = holder.enter()
    yield "holder list", listed
    yield "holder stop", holder.press(listed, "stop")


def every_answer_page(desk: Stage, ref: str) -> Iterator[tuple[str, object]]:
    """The recipient's half."""
    client = desk.client
    page = page_of(desk, ref, "embassy-qn", "capital-desk")
    yield "code", client.get(page.path)
    yield "wrong code", enter(desk, page, "0")
    undertaking = enter(desk, page)
    yield "undertaking", undertaking
    yield "not for me", choose(desk, page, undertaking, "not_for_me")
    kind = choose(desk, page, undertaking, "minimum")
    yield "kind", kind
    yield "adverse", choose(desk, page, kind, "go_on")
    content = choose(desk, page, undertaking, "agree")
    yield "content", content
    for answer in ("committed", "acted", "asks", "warns", "passed_on", "declined"):
        asked = choose(desk, page, content, answer)
        yield answer, asked
        yield f"{answer} lacks", choose(desk, page, asked, "send")
    yield "thanks", choose(desk, page, content, "acknowledged")
    desk.log_in("ana")
    yield "stopped", submit(desk, "/stop", {"on": "yes"})
    yield "wait", enter(desk, page)
    holder = Holder(desk)
    yield "holder stopped", holder.stop()
    for _ in range(5):
        over = holder.enter("0")
    yield "holder over", over


def test_every_page_is_small_ours_unstored_and_readable(desk: Stage) -> None:
    titles = {}
    for name, answer in every_page(desk):
        text = answer.text  # type: ignore[attr-defined]
        _is_small_and_ours(name, text)
        _is_readable(name, text)
        if name.endswith("lacks"):
            assert 'role="alert"' in text, f"{name}: nobody hears that something is missing"
            assert re.search(r'class="error" id="\w+-error"', text), name
        headers = answer.headers  # type: ignore[attr-defined]
        for header, value in HEADERS:
            assert headers[header] == value, f"{name}: {header}"
        assert headers["content-type"] == "text/html; charset=utf-8"
        assert not NAMES.search(str(answer.url)), f"{name}: {answer.url}"  # type: ignore[attr-defined]
        titles[name] = re.search(r"<title>(.*?)</title>", text)[1]  # type: ignore[index]

    for name in ("code", "undertaking", "content", "thanks", "wait"):
        assert titles[name] == "Reply"
    assert not any(NAMES.search(title) for title in titles.values())
    assert len(titles) > 45


def _is_small_and_ours(name: str, text: str) -> None:
    assert len(text.encode()) < PAGE_BYTES_MAX, f"{name}: {len(text.encode())} bytes"
    lowered = text.lower()
    theirs = lowered.replace('<img src="/pictures/', "")  # drawn here, for this person alone
    for foreign in ("<script", "http://", "https://", "javascript:", "<iframe", "<img", "@import"):
        assert foreign not in theirs, f"{name}: {foreign}"
    assert "traceback" not in lowered
    assert "none</" not in lowered.replace("none</p>", "")
    assert "undefined" not in lowered


def _is_readable(name: str, text: str) -> None:
    reading = Reading()
    reading.feed(text)
    reading.close()
    assert not reading.open, f"{name}: {reading.open} left open"
    found = set(reading.attributes)
    assert ("html", "lang", "en") in found, name
    assert ("html", "dir", "ltr") in found, name
    complaints = [*reading.complaints()]
    assert not complaints, f"{name}: {complaints}"
    for tag, attribute, value in found:
        assert not attribute.startswith("on"), f"{name}: <{tag} {attribute}>"
        assert attribute != "style", f"{name}: <{tag} style>"
        if attribute in ("href", "action"):
            assert value.startswith(("/", "tel:", "#")), f"{name}: {value}"
            assert not NAMES.search(value), f"{name}: {value}"


def test_a_flood_leaves_the_first_screen_small_and_the_grave_case_on_top(desk: Stage) -> None:
    take = desk.services.reports.take
    for n in range(60):
        flood = report("surveillance", id=f"w{n}", situation=f"w{n}", subject=None).bytes()
        desk.run(lambda flood=flood: take(flood, by="person:ana"))
    grave = open_case(desk, arrest(danger_now="yes"))
    desk.log_in("ana")

    for path in ("/", "/owed", "/owed?list=now&page=1", "/cases", "/cases?page=1"):
        shown = desk.client.get(path).text
        _is_small_and_ours(path, shown)
        _is_readable(path, shown)
    board = desk.client.get("/").text
    assert "Needs a person now (61)" in board
    assert board.index(grave) == min(m.start() for m in re.finditer(r"TC-\w+", board))


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
def test_other_methods_are_refused(desk: Stage, method: str) -> None:
    for path in ("/", "/login", "/a/token", "/new"):
        assert desk.client.request(method, path).status_code == 405, path


def test_the_style_sheet_is_the_only_asset_and_may_be_kept(desk: Stage) -> None:
    shown = desk.client.get("/login").text
    sheets = re.findall(r'<link rel="stylesheet" href="([^"]+)">', shown)

    answer = desk.client.get(sheets[0])

    assert len(sheets) == 1
    assert answer.headers["content-type"].startswith("text/css")
    assert "max-age" in answer.headers["cache-control"]
    assert "url(" not in answer.text
    assert len(answer.content) < PAGE_BYTES_MAX
    assert not re.search(r"(margin|padding|border)-(left|right|top|bottom)", answer.text)
