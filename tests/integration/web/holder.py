"""Somebody who holds a consent, as far as their page goes."""

from datetime import timedelta
from functools import partial

from engine.holder_links import HolderLinks
from engine.store import holder_links
from tests.integration.web.stage import Stage
from tests.integration.web.story import field_of

SUBJECT = "hotline-a/subject-1"


class Holder:
    """Somebody with a link and its code, given by a handler."""

    def __init__(self, desk: Stage, *, whose: str = SUBJECT, **good_for: float) -> None:
        self.desk = desk
        self.links = HolderLinks(desk.services.answer_key)
        self.id = self.links.id_from(desk.services.entropy.token(8))
        now = desk.clock.now()
        until = now + timedelta(**(good_for or {"days": 7}))
        make = partial(
            holder_links.make, id=self.id, pseudonym=whose, by="person:ana", until=until, now=now
        )
        desk.run(desk.writer.run, make)
        self.path = f"/h/{self.links.token(self.id)}"
        self.code = self.links.code_of(self.id)

    def enter(self, code: str | None = None, path: str | None = None):  # type: ignore[no-untyped-def]
        """Open the page without any session, and give the code."""
        self.desk.client.cookies.clear()
        at = path or self.path
        mark = field_of(self.desk.client.get(at).text, "mark")
        return self.desk.client.post(at, data={"mark": mark, "code": code or self.code})

    def press(self, shown, choice: str):  # type: ignore[no-untyped-def]
        """Press a button of the page that is shown."""
        state = field_of(shown.text, "state")
        return self.desk.client.post(self.path, data={"state": state, "choice": choice})

    def stop(self):  # type: ignore[no-untyped-def]
        """Stop everything, as one does: open, press, confirm."""
        return self.press(self.press(self.enter(), "stop"), "stop_yes")
