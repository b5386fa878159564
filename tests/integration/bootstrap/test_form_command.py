"""The form of a mechanism at the terminal: entered in a spreadsheet, filled in, kept private."""

import json
from pathlib import Path

import pytest

from engine.cli.exits import Exit
from tests.integration.bootstrap.desk import Desk, an_event
from tests.integration.bootstrap.test_commands import RELEASE

PARTIES = (
    "id,kind,name,languages,complaints,requirements\n"
    "appeals,mechanism,Office of Appeals,en | fr,https://appeals.example/submit,{points}\n"
)
CONTACTS = (
    "id,party,label,level,endpoints,verified_until\n"
    "appeals-desk,appeals,Urgent appeals,general,email:desk@appeals.example,2099-01-01\n"
)


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    made = Desk(tmp_path, monkeypatch)
    made.begin()
    return made


def _entered(desk: Desk, points: str = "state | act | alleged | rights") -> None:
    """The mechanism as somebody keeps it in a spreadsheet."""
    Path("parties.csv").write_text(PARTIES.format(points=points), "utf-8")
    Path("contacts.csv").write_text(CONTACTS, "utf-8")
    desk.said("registry", "import", "parties.csv", "contacts.csv")


def _reported(desk: Desk) -> str:
    event = json.loads(an_event("e-1"))
    (consent,) = event["data"]["event"]["consent"]
    consent["audiences"] = [*consent["audiences"], "mechanisms"]
    Path("event.json").write_text(json.dumps(event), "utf-8")
    desk.json("event", "send", "event.json")
    return str(desk.json("case", "list")["cases"][0]["ref"])


def test_a_form_is_printed_or_written_for_ones_own_eyes_and_never_written_over(
    desk: Desk,
) -> None:
    _entered(desk)
    ref = _reported(desk)
    desk.said("release", ref, "mechanisms", *RELEASE)

    said = desk.said("case", "form", ref, "Office of Appeals")
    written = desk.said("case", "form", ref, "appeals", "--to", "appeal.txt")
    document = desk.json("case", "form", ref, "appeals")

    text = Path("appeal.txt").read_text("utf-8")
    assert said.startswith("DRAFT. Nobody has sent it")
    assert "1. The state concerned\n   Filled in: " in said
    assert "3. Who is said to be responsible\n   Sealed: " in said
    assert "4. Which rights or articles\n   For you to write: " in said
    assert text.split("Made: ")[0] == said.split("Made: ")[0]
    assert Path("appeal.txt").stat().st_mode & 0o077 == 0, "for its owner's eyes"
    assert "1. " not in written, "what is in the file is not on the screen as well"
    assert [each["point"] for each in document["points"]] == ["state", "act", "alleged", "rights"]
    again = desk.run("case", "form", ref, "appeals", "--to", "appeal.txt")
    assert again.exit_code == Exit.USAGE
    assert Path("appeal.txt").read_text("utf-8") == text


def test_whoever_may_not_know_yet_leaves_no_file(desk: Desk) -> None:
    _entered(desk)
    ref = _reported(desk)

    refused = desk.run("case", "form", ref, "appeals", "--to", "appeal.txt")

    assert refused.exit_code == Exit.REFUSED
    assert "Office of Appeals is told once one person releases it." in refused.output
    assert not Path("appeal.txt").exists()


def test_a_mechanism_without_a_form_says_which_column_to_fill_in(desk: Desk) -> None:
    _entered(desk, points="")
    ref = _reported(desk)
    desk.said("release", ref, "mechanisms", *RELEASE)

    refused = desk.run("case", "form", ref, "appeals")
    assert "Its form asks" not in desk.said("registry", "show", "appeals")
    _entered(desk)

    assert refused.exit_code == Exit.REFUSED
    assert "column requirements of appeals in parties.csv" in " ".join(refused.output.split())
    assert desk.json("case", "form", ref, "appeals")["draft"], "and then it is there at once"
    assert "Its form asks the state concerned; what happened" in " ".join(
        desk.said("registry", "show", "appeals").split()
    )
