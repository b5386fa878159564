"""What people in a crash run read in their messages."""

import json
from pathlib import Path

from tests.crash.letters import Asked, Letter, Letters

PAGE = (
    "Tocsin HIGH TC-MAWYG new case. Open the board or reply 1 TC-MAWYG to take it.\n\n"
    "http://127.0.0.1:8470/"
)
TELL = (
    "Dear colleague, please answer reference WGMJ-JY by Tue 24 November, 02:48 (UTC): open "
    "http://127.0.0.1:8470/a/QCXH9-2TPxLuvwlA_r8-dNjZ8GU0J8FE and enter code 6297-70. If this"
)


def test_whoever_is_paged_reads_which_case_it_is_and_a_recipient_where_to_answer() -> None:
    page = Letter(to="ana@sms.example", text=PAGE)
    tell = Letter(to="ines@email.example", text=TELL)

    assert (page.name, page.case, page.asked) == ("ana", "TC-MAWYG", None)
    assert (tell.name, tell.case) == ("ines", "")
    assert tell.asked == Asked(
        ref="WGMJ-JY", token="QCXH9-2TPxLuvwlA_r8-dNjZ8GU0J8FE", code="6297-70"
    )


def test_nobody_takes_an_incident_or_many_cases_at_once() -> None:
    for text in (
        "Tocsin INCIDENT: something came that is no event. Open the board.",
        "Tocsin HIGH: 3 cases overdue after an outage. Open the board.",
        "Tocsin task TC-MAWYG due 14:00: triage. Open the board.",
    ):
        assert not Letter(to="ana@sms.example", text=text).case


def test_each_letter_is_read_once_and_none_before_it_is_whole(tmp_path: Path) -> None:
    letters, log = Letters(tmp_path), tmp_path / "fast.mail"
    line = json.dumps({"to": "ana@sms.example", "text": PAGE})
    log.write_text(f"{line}\n{line[:20]}")

    assert len(list(letters.fresh())) == 1
    assert not list(letters.fresh())
    with log.open("a") as file:
        file.write(f"{line[20:]}\n")
    (tmp_path / "slow.mail").write_text(f"{line}\n")
    assert len(list(letters.fresh())) == 2
    assert not list(letters.fresh())
