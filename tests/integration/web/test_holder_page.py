"""What whoever holds a consent sees: who was told, who was not and why; and one button to stop."""

from functools import partial

from engine.holder_links import HolderLinks
from engine.store import holder_links
from tests.integration.web.stage import Stage
from tests.integration.web.story import field_of, open_case, press, release

SUBJECT = "hotline-a/subject-1"


class Way:
    """A holder's way in: the link and the code."""

    def __init__(self, desk: Stage, *, days: float = 7, whose: str = SUBJECT) -> None:
        self.desk = desk
        self.links = HolderLinks(desk.services.answer_key)
        self.id = self.links.id_from(desk.services.entropy.token(8))
        now = desk.clock.now()
        from datetime import timedelta

        desk.run(
            desk.writer.run,
            partial(
                holder_links.make,
                id=self.id,
                pseudonym=whose,
                by="person:ana",
                until=now + timedelta(days=days),
                now=now,
            ),
        )
        self.path = f"/h/{self.links.token(self.id)}"
        self.code = self.links.code_of(self.id)

    def enter(self, code: str | None = None):
        mark = field_of(self.desk.client.get(self.path).text, "mark")
        return self.desk.client.post(self.path, data={"mark": mark, "code": code or self.code})

    def choose(self, shown, choice: str):
        state = field_of(shown.text, "state")
        return self.desk.client.post(self.path, data={"state": state, "choice": choice})


def test_x(desk: Stage) -> None:
    ref = open_case(desk)
    desk.log_in("ana")
    press(desk, ref, "own")
    release(desk, ref)
    way = Way(desk)
    shown = way.enter()
    print(shown.text)
    assert shown.status_code == 200
