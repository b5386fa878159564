"""The night of S1 as far as pages go: an arrest, a release, an embassy that answers."""

from dataclasses import dataclass
from functools import partial

from sqlalchemy import Connection, select

from engine.answer_tokens import digest
from engine.case.ids import event_id
from engine.store import board, tables
from engine.web.console.case_page import load
from tests.harness.reports import Report, report
from tests.integration.web.stage import Stage

SEALED = {
    "identity": "An invented name",
    "exact_place": "By the third gate",
    "narrative": "They came at night. \u202eevil\u202c <b>bold</b>",
}


@dataclass(frozen=True)
class Page:
    """A recipient's way in."""

    token: str
    code: str

    @property
    def path(self) -> str:
        return f"/a/{self.token}"


def arrest(*, id: str = "e1", situation: str = "s1", **more: object) -> Report:
    """An arrest by the police with a guard firm; embassies and institutions may be told."""
    more.setdefault("sector", "mining")
    return report(
        "arrest",
        id=id,
        situation=situation,
        parties={
            "cerro-pit": "site",
            "police-qm": "alleged_perpetrator",
            "guardia-sur": "alleged_perpetrator",
        },
        consents=["missions", "nhris"],
        **more,  # type: ignore[arg-type]
    )


def open_case(desk: Stage, event: Report | None = None) -> str:
    """Publish the arrest; the case's reference."""
    sent = event or arrest()
    taken = desk.run(partial(desk.services.reports.take, sent.bytes(), by="person:ana"))
    assert taken.reference, taken.problems
    desk.deliver()
    of = event_id(sent.source, sent.id)
    return str(desk.run(desk.reader.run, lambda conn: board.case_of_event(conn, of)))


def press(desk: Stage, ref: str, act: str):  # type: ignore[no-untyped-def]
    """Press a button of the case page."""
    return submit(desk, f"/cases/{ref}", {"act": act})


def submit(desk: Stage, path: str, fields: dict[str, object], *, follow: bool = True):  # type: ignore[no-untyped-def]
    """Fill in the form of a page and send it with its tokens."""
    shown = desk.client.get(path)
    assert shown.status_code == 200, (path, shown.status_code)
    hidden = {name: value_of(shown.text, name) for name in ("csrf", "nonce")}
    return desk.client.post(path, data=hidden | fields, follow_redirects=follow)


def value_of(html: str, name: str) -> str:
    """The value of a hidden field; the form that carries a nonce too, where there are several."""
    marked = f'name="{name}" value="'
    at = html.index(marked, html.index('name="nonce"') - 200 if name == "csrf" else 0)
    return html[at + len(marked) :].split('"', 1)[0]


RELEASE = {
    "why": "protect_now",
    "forecast": "low",
    "wishes": "yes",
    "partner": "partner-1",
    "note": "Spoke with the lawyer.",
}
WHOLE = RELEASE | {
    "whether": "linked",
    "how": "quiet_request",
    "waiting": "medium",
    "until_day": "2027-03-20",
    "check_convenor_legitimacy": "accepted",
    "check_actors_ability": "able",
    "check_power_dynamics": "balanced",
    "check_previous_interventions": "none",
    "check_context": "fits",
}
"""With the whole pre-flight, as companies need it."""


def release(desk: Stage, ref: str, track: str = "missions"):  # type: ignore[no-untyped-def]
    """Release a track as whoever is logged in, and let its messages go."""
    record = WHOLE if track == "companies" else RELEASE
    answer = submit(desk, f"/cases/{ref}/release/{track}", dict(record))
    desk.deliver()
    return answer


def page_of(desk: Stage, ref: str, party: str, contact: str) -> Page:
    """What the message to this contact carried."""
    found = desk.run(desk.reader.run, lambda conn: load(conn, ref=ref, zone="UTC"))
    alert = next(a for a in found.file.case.alerts if a.party == party)
    token = desk.services.tokens.token(alert=alert.id, contact=contact)
    return Page(token=token, code=desk.services.tokens.code_of(token))


def token_row(desk: Stage, page: Page):  # type: ignore[no-untyped-def]
    """The stored row of a page's token."""

    def read(conn: Connection):  # type: ignore[no-untyped-def]
        wanted = select(tables.tokens).where(tables.tokens.c.digest == digest(page.token))
        return conn.execute(wanted).one()

    return desk.run(desk.reader.run, read)


def field_of(html: str, name: str) -> str:
    """The value of one hidden field of an answer page."""
    return html.split(f'name="{name}" value="', 1)[1].split('"', 1)[0]


def enter(desk: Stage, page: Page, code: str | None = None):  # type: ignore[no-untyped-def]
    """Open the page and enter the code."""
    shown = desk.client.get(page.path)
    mark = field_of(shown.text, "mark")
    return desk.client.post(page.path, data={"mark": mark, "code": code or page.code})


def choose(desk: Stage, page: Page, shown, choice: str, **fields: str):  # type: ignore[no-untyped-def]
    """Press a button of the stage that is shown."""
    state = field_of(shown.text, "state")
    return desk.client.post(page.path, data={"state": state, "choice": choice} | fields)
