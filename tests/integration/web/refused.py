"""A case in which many are left out, each for a reason of its own: invented organisations."""

from pathlib import Path

from sqlalchemy import update

from engine.store.tables_running import instances
from tests.harness.people import Place, contact, link, party, place
from tests.harness.reports import Report, report
from tests.harness.towns import rulebook
from tests.integration.web.stage import Stage, stage
from tests.integration.web.story import open_case, press, release, submit

RULE = (
    '{id: all, when: event.code == "arrest", policy: quiet, tell: ['
    "{track: missions, walk: home_missions}, {track: nhris, walk: home_nhri},"
    " {track: investors, walk: investors}, {track: companies, walk: companies}],"
    " explain: [companies, investors]}"
)


def aldermoor() -> Place:
    """A dam in QM, the firm that runs it, its guards, lawyers and lenders; two home states."""
    return place(
        parties=[
            party("dam", "site", "QM", name="Upper Aldermoor Dam"),
            party("hydro", "company", "QM", name="Aldermoor Hydro"),
            party("holding", "company", "QN", name="Castellane Holding"),
            party("watch", "company", "QM", name="Ferrum Watch"),
            party("lawyers", "law_firm", "QN", name="Orrin & Pell"),
            party("chamber", "association", "QM", name="Chamber of Energy QM"),
            party("buyer", "company", "QS", name="Lindqvist Metals"),
            party("fund", "investor", "QS", name="Harbour Pension"),
            party("police", "state_body", "QM", name="Provincial Police"),
            party("state-qm", "state", "QM", name="State of QM"),
            party("state-qn", "state", "QN", name="State of QN"),
            party("state-qs", "state", "QS", name="State of QS"),
            party("embassy-qn", "mission", "QN", name="Embassy of QN"),
            party("embassy-qs", "mission", "QS", name="Embassy of QS"),
            party("nhri-qm", "nhri", "QM", name="Ombuds Office QM", ganhri="B"),
            party("nhri-qn", "nhri", "QN", name="Rights Commission QN", ganhri="A"),
        ],
        links=[
            link("hydro", "operates", "dam"),
            link("holding", "parent_of", "hydro"),
            link("hydro", "contracts_security", "watch"),
            link("lawyers", "represents", "hydro"),
            link("hydro", "officer_of", "chamber"),
            link("buyer", "buys_from", "hydro"),
            link("fund", "invests_in", "buyer", share=2.0),
            link("police", "body_of", "state-qm"),
            link("embassy-qn", "accredited_to", "state-qm"),
            link("embassy-qs", "accredited_to", "state-qm"),
        ],
        contacts=[
            contact("Human rights desk", "embassy-qn", "focal_point"),
            contact("Trade section", "embassy-qn", "commercial", rank=1),
            contact("Political section", "embassy-qs", "focal_point"),
            contact("Office QN", "nhri-qn"),
            contact("Office QM", "nhri-qm"),
            contact("Head office", "holding", "hq_human_rights"),
            contact("Plant office", "hydro", "site"),
            contact("Responsible sourcing", "buyer", "hq_human_rights"),
            contact("Stewardship", "fund"),
            contact("Control room", "watch"),
        ],
    )


def dam_arrest() -> Report:
    """The guards and the police are named; embassies and institutions may be told."""
    return report(
        "arrest",
        id="dam-1",
        situation="dam",
        parties={
            "dam": "site",
            "police": "alleged_perpetrator",
            "hydro": "alleged_perpetrator",
        },
        consents=["missions", "nhris"],
        sector="energy",
    )


def refused_case(desk: Stage) -> str:
    """The case: one embassy told, institutions frozen after that, many left out."""
    ref = open_case(desk, dam_arrest())
    desk.log_in("ana")
    press(desk, ref, "own")
    release(desk, ref)
    desk.advance(minutes=40)
    desk.log_in("ana")
    until = {"until_day": "2027-03-03", "until_time": "18:00"}
    submit(desk, f"/cases/{ref}/freeze", {"track": "nhris", **until})
    desk.deliver()
    beating = update(instances).values(beat_at=desk.clock.now())
    desk.run(desk.writer.run, lambda conn: conn.execute(beating).rowcount)
    return ref


def scene(directory: Path):  # type: ignore[no-untyped-def]
    """The stage with this place."""
    return stage(directory, place=aldermoor(), rulebook=rulebook(RULE))
