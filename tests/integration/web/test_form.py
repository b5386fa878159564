"""The form of a mechanism at the terminal: filled in as far as it may know, or refused with why."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from engine.admin.door import answer
from engine.admin.forming import why_not_asked
from engine.case.state import Alert, AlertStatus, Case, CaseStatus, TrackState
from rules.rulebook import load
from schemas.codes import FieldName, Mode, TrackName
from schemas.facts.system import FormMade, load_system_fact
from schemas.party import FormPoint
from schemas.plan import Anchor, Gate, Reason, Step, Track, Until
from tests.harness.people import contact, party
from tests.harness.reports import Report, consent, report, withdrawal
from tests.harness.towns import cerro, rulebook_text
from tests.integration.web.stage import START, Stage, stage
from tests.integration.web.story import RELEASE, SEALED, open_case, press, submit
from tests.integration.web.test_holder_doors import Terminal
from tests.integration.web.test_proof import journal_of

OFFICE, UNASKED, NO_FORM = "office-of-appeals", "southern-commission", "old-committee"
POINTS = (
    FormPoint.SUBJECT,
    FormPoint.STATE,
    FormPoint.ACT,
    FormPoint.ALLEGED,
    FormPoint.COMPANY,
    FormPoint.ASKED,
    FormPoint.REPORTER,
)
RULES = rulebook_text(
    '{id: arrest, when: event.code == "arrest", policy: quiet, tell: ['
    "{track: missions, walk: home_missions}, {track: mechanisms, walk: mechanisms}]}"
)
RULES = RULES.replace("nhris: *quiet\n", "nhris: *quiet\n      mechanisms: *quiet\n").replace(
    "field_classes:\n",
    "field_classes:\n  mechanisms: [country, act, certainty, as_of, ask, subject_kind]\n",
)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Stage]:
    """Cerro's town with three mechanisms: one without a form, one that covers another country."""
    town = cerro()
    mechanisms = (
        party(
            OFFICE, "mechanism", requirements=POINTS, languages=("en", "fr"),
            complaints="https://appeals.example/submit",
        ),
        party(NO_FORM, "mechanism"),
        party(UNASKED, "mechanism", regions=("QX",), requirements=POINTS),
    )  # fmt: skip
    desks = tuple(contact(f"{each.id}-desk", each.id) for each in mechanisms)
    place = replace(town, parties=(*town.parties, *mechanisms), contacts=(*town.contacts, *desks))
    with stage(tmp_path, place=place, rulebook=load(RULES, filename="r.yaml")) as made:
        yield made


def an_arrest(**consent_of: Any) -> Report:
    """The arrest of the stories; `consent_of`: what the person allows."""
    given = {"audiences": ("missions", "mechanisms")} | consent_of
    allows = consent(*given.pop("audiences"), **given)
    return report(
        "arrest",
        id="e1",
        situation="s1",
        parties={"cerro-pit": "site", "police-qm": "alleged_perpetrator"},
        consent=[allows],
        sealed=SEALED,
    )


def told_office(desk: Stage, **consent_of: Any) -> str:
    """A case in which the office was told."""
    ref = open_case(desk, an_arrest(**consent_of))
    desk.log_in("ana")
    press(desk, ref, "own")
    submit(desk, f"/cases/{ref}/release/mechanisms", dict(RELEASE))
    desk.deliver()
    return ref


def asked(desk: Stage, ref: str, of: str = OFFICE) -> dict[str, Any]:
    return Terminal(desk).ask("form.make", case=ref, party=of)


def made(desk: Stage, ref: str, of: str = OFFICE) -> dict[str, Any]:
    done = asked(desk, ref, of)
    assert done["ok"], done
    return dict(done["result"])


def forms_made(desk: Stage) -> list[FormMade]:
    facts = [load_system_fact(row.body) for row in journal_of(desk, "system").values()]
    return [fact for fact in facts if isinstance(fact, FormMade)]


def points(found: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {each["point"]: each for each in found["form"]["points"]}


def test_the_form_is_filled_in_as_the_mechanisms_own_page_would_show_it(desk: Stage) -> None:
    found = made(desk, told_office(desk))

    assert list(points(found)) == [point.value for point in POINTS]
    assert {name: each["how"] for name, each in points(found).items()} == {
        "subject": "filled",
        "state": "filled",
        "act": "filled",
        "alleged": "sealed",
        "company": "unknown",
        "asked": "filled",
        "reporter": "yours",
    }
    text = "\n".join(found["text"])
    assert "For: Office Of Appeals" in text
    assert "https://appeals.example/submit" in text
    assert "was arrested" in text


def test_nothing_sealed_and_nobody_else_is_in_it(desk: Stage) -> None:
    ref = told_office(desk)

    whole = json.dumps(made(desk, ref), ensure_ascii=False).casefold()

    town = cerro()
    nobody = [each.name for each in town.parties if each.kind.value != "state"]
    nobody += [*SEALED.values(), "subject-1", "hotline-a", "person:ana", ref]
    assert [each for each in nobody if each.casefold() in whole] == []
    assert not {each.id for each in town.contacts} & set(re.findall(r"[\w:@./-]+", whole))


def test_that_one_was_made_is_journaled_with_by_whom_and_of_what(desk: Stage) -> None:
    ref = told_office(desk)
    made(desk, ref)

    (fact,) = forms_made(desk)

    assert (fact.by, fact.party) == ("person:ana", OFFICE)
    assert {FieldName.COUNTRY, FieldName.ACT} <= set(fact.fields)
    assert FieldName.COMPANY not in fact.fields


def test_making_one_sends_nothing(desk: Stage) -> None:
    ref = told_office(desk)
    made(desk, ref)

    assert desk.deliver() == []


def test_what_the_person_held_back_is_sealed_in_it(desk: Stage) -> None:
    found = points(made(desk, told_office(desk, fields=["country", "certainty"])))

    assert (found["state"]["how"], found["act"]["how"]) == ("filled", "sealed")
    assert "consent" in found["act"]["todo"]


def _without_consent(desk: Stage) -> str:
    ref = told_office(desk)
    taken = withdrawal(id="e2", situation="s1")
    desk.run(partial(desk.services.reports.take, taken.bytes(), by="person:ana"))
    return ref


def _excluded(desk: Stage) -> str:
    ref = told_office(desk)
    accused = report("arrest", id="e2", situation="s1", parties={OFFICE: "alleged_perpetrator"})
    desk.run(partial(desk.services.reports.take, accused.bytes(), by="person:ana"))
    return ref


def _not_released(desk: Stage) -> str:
    ref = open_case(desk, an_arrest())
    desk.log_in("ana")
    return ref


def _not_consented(desk: Stage) -> str:
    ref = open_case(desk, an_arrest(audiences=("missions",)))
    desk.log_in("ana")
    return ref


def _stopped(desk: Stage) -> str:
    ref = told_office(desk)
    done = Terminal(desk).ask("stop")
    assert done["ok"], done
    return ref


@pytest.mark.parametrize(
    ("happened", "why"),
    [
        (_without_consent, "consent was taken back"),
        (_excluded, "never told"),
        (_not_released, "once one person releases it"),
        (_not_consented, "but not UN and regional mechanisms"),
        (_stopped, "stop"),
    ],
)
def test_whoever_may_not_know_today_has_no_form_and_it_says_why(
    desk: Stage, happened: Any, why: str
) -> None:
    ref = happened(desk)

    refused = asked(desk, ref)

    assert refused["ending"] == "refused"
    assert "Office Of Appeals" in refused["what"]
    assert why.casefold() in refused["what"].casefold()
    assert refused["next_step"].endswith(f"tocsin case show {ref}")
    assert "result" not in refused
    assert forms_made(desk) == []


def test_who_is_no_mechanism_of_this_case_has_no_form(desk: Stage) -> None:
    ref = told_office(desk)

    for other in (UNASKED, "embassy-qn", "person:ana", "nobody-at-all"):
        refused = asked(desk, ref, other)
        assert refused["ending"] == "refused"
        assert "track of mechanisms" in refused["what"]
    assert forms_made(desk) == []


def test_a_mechanism_of_which_nobody_entered_the_form_is_named_with_its_column(
    desk: Stage,
) -> None:
    refused = asked(desk, told_office(desk), NO_FORM)

    assert refused["ending"] == "refused"
    assert "Nobody has entered what the form of Old Committee wants" in refused["what"]
    assert "column requirements of old-committee in parties.csv" in refused["next_step"]


@pytest.mark.parametrize("called", [OFFICE, "office of appeals", "by its reference"])
def test_the_mechanism_is_called_as_the_list_of_who_was_told_calls_it(
    desk: Stage, called: str
) -> None:
    ref = told_office(desk)
    told = Terminal(desk).ask("case.told", case=ref)["result"]["parties"]
    (own,) = (each["alert"] for each in told if each["party"] == "Office Of Appeals")

    found = made(desk, ref, own if called.startswith("by") else called)

    assert found["form"]["reference"] == own


def test_nobody_who_is_not_logged_in_makes_one(desk: Stage) -> None:
    ref = told_office(desk)
    desk.client.cookies.clear()
    ask = partial(
        answer,
        SimpleNamespace(services=desk.services),  # type: ignore[arg-type]
        name="form.make",
        args={"case": ref, "party": OFFICE},
        session="x" * 43,
        request="r1",
    )

    assert desk.run(ask)["ending"] == "who"
    assert forms_made(desk) == []


LADDER = Track(
    name=TrackName.MECHANISMS, gate=Gate.RELEASE, mode=Mode.QUIET, anchor=Anchor.RELEASED,
    steps=(Step(offset=0),), until=Until.ACTED, answer_by=3_600, answer_holds_for=3_600,
    repeat_every=(),
)  # fmt: skip


@pytest.mark.parametrize(
    ("status", "reason", "why"),
    [
        (AlertStatus.DECLINED, None, Reason.DECLINED),
        (AlertStatus.CLOSED, Reason.OFFICER_OF, Reason.OFFICER_OF),
        (AlertStatus.WITHHELD, Reason.CONSENT_NONE, Reason.CONSENT_NONE),
        (AlertStatus.WITHHELD, None, Reason.GATE_CLOSED),
        (AlertStatus.PLANNED, None, None),
        (AlertStatus.WAITING, None, None),
        (AlertStatus.SILENT, None, None),
    ],
)
def test_why_somebody_is_not_asked_is_as_its_alert_has_it(
    status: AlertStatus, reason: Reason | None, why: Reason | None
) -> None:
    alert = Alert(
        id="a1", ref="7K3Q-92", track=TrackName.MECHANISMS, party=OFFICE, contacts=(),
        status=status, reason=reason,
    )  # fmt: skip
    running = TrackState(track=LADDER, anchor_at=START)
    case = Case(id="c1", status=CaseStatus.OPEN, tracks=(running,), alerts=(alert,))
    over = replace(case, status=CaseStatus.MONITORED)
    shut = replace(case, tracks=(replace(running, anchor_at=None),))

    assert why_not_asked(case, alert, now=START) is why
    assert why_not_asked(over, alert, now=START) is Reason.CASE_OVER
    if status is AlertStatus.PLANNED:
        assert why_not_asked(shut, alert, now=START) is Reason.GATE_CLOSED
