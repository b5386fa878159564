"""The same at the terminal: who was told of whom, and links for whoever holds a consent."""

from dataclasses import dataclass, field
from functools import partial
from types import SimpleNamespace
from typing import Any

import pytest

from engine.admin.door import answer
from engine.cli.holders import not_told
from tests.integration.web.holder import SUBJECT, Holder
from tests.integration.web.stage import Stage
from tests.integration.web.story import open_case, press, release


@dataclass
class Terminal:
    """Ana's terminal on this stage."""

    desk: Stage
    settings: Any = field(
        default_factory=lambda: SimpleNamespace(
            http=SimpleNamespace(public_url="https://desk.example/")
        )
    )

    def ask(self, name: str, **args: object) -> dict[str, Any]:
        self.desk.log_in("ana")
        session = self.desk.client.cookies["__Host-tocsin"]
        house = SimpleNamespace(settings=self.settings, services=self.desk.services)
        asked = partial(answer, house, name=name, args=args, session=session, request="r1")  # type: ignore[arg-type]
        return dict(self.desk.run(asked))


def test_a_handler_reads_the_list_to_the_person_and_makes_a_link(desk: Stage) -> None:
    terminal = Terminal(desk)
    ref = open_case(desk)
    desk.log_in("ana")
    press(desk, ref, "own")
    release(desk, ref)

    of_case = terminal.ask("case.told", case=ref)["result"]
    of_person = terminal.ask("holder.told", person=SUBJECT)["result"]
    made = terminal.ask("holder.link", case=ref)["result"]

    (party,) = of_case["parties"]
    assert party["party"] == "Embassy QN"
    assert {message["channel"] for message in party["messages"]} == {"email"}
    assert party["content"] == "Its page was not opened with the code: nothing was shown."
    assert any(
        "Guardia Sur is said to be behind it" in line for line in not_told(of_case["left_out"])
    )
    assert of_person["cases"][0]["parties"] == of_case["parties"]
    assert of_person["allowed"].startswith("Allowed: embassies")
    assert made["person"] == SUBJECT
    holder = Holder(desk)
    holder.path, holder.code = made["link"].removeprefix("https://desk.example"), made["code"]
    assert "Who was told (1)" in holder.enter().text
    listed = terminal.ask("holder.links", person=SUBJECT)["result"]["links"]
    assert made["id"] in {each["id"] for each in listed if each["open"]}
    assert made["code"] not in str(listed)
    assert terminal.ask("holder.end", link=made["id"])["ok"]
    assert not terminal.ask("holder.end", link=made["id"])["ok"], "ended once"
    assert "This link is over" in holder.enter().text


@pytest.mark.parametrize("hours", [0, -1, 721])
def test_no_link_outlives_a_month(desk: Stage, hours: int) -> None:
    assert Terminal(desk).ask("holder.link", person=SUBJECT, hours=hours)["ending"] == "usage"
