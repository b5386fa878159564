"""Who is told in an open case at an address of whoever must not know, as the doctor says it."""

from pathlib import Path

import pytest

from tests.integration.bootstrap.desk import Desk, an_event


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    made = Desk(tmp_path, monkeypatch)
    made.begin()
    return made


def test_an_embassy_told_at_the_perpetrators_own_address_is_named_with_the_open_case(
    desk: Desk,
) -> None:
    parties = Path("parties.csv")
    parties.write_text("id,kind,name,complaints\nexample-trust,company,Trust,a@trust.example\n")
    links = Path("links.csv")
    links.write_text("kind,a,b\nparent_of,example-mine,example-trust\n")
    contacts = Path("contacts.csv")
    contacts.write_text(
        "id,party,label,level,endpoints\n"
        "embassy-mail,example-embassy,Desk,focal_point,email:desk@mail.trust.example\n"
    )
    desk.json("registry", "import", str(parties), str(links), str(contacts))
    before = desk.json("registry", "doctor")["findings"]
    assert [each["what"] for each in before] == ["shared_domain"]

    Path("event.json").write_text(an_event("e-1"))
    desk.json("event", "send", "event.json")

    ref = desk.json("case", "list")["cases"][0]["ref"]
    first = desk.json("registry", "doctor")["findings"][0]
    assert (first["what"], first["case"]) == ("in_excluded_house", ref)
    assert [each["id"] for each in first["parties"]] == ["example-embassy", "example-trust"]
    assert f"  {ref} " in desk.said("registry", "doctor")
