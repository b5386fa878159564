"""The least that a publisher and the engine need on a cluster, and not one right more."""

from engine.cluster.grants import May, rights_of
from engine.settings import KafkaSettings


def rights(may: May, *, canary: bool = False, **settings: str) -> list[str]:
    given = rights_of(KafkaSettings.model_validate(settings), may, canary=canary)
    return sorted(map(str, given))


def test_a_publisher_writes_threats_and_reads_nothing() -> None:
    assert rights(May.PUBLISH) == [
        "write topic tocsin.threats",
        "write topic tocsin.threats.critical",
    ]


def test_a_desk_reads_threats_in_its_own_groups_and_writes_facts_and_canaries() -> None:
    assert rights(May.ENGINE, canary=True) == [
        "describe configs topic tocsin.threats",
        "describe configs topic tocsin.threats.critical",
        "read group tocsin.*",
        "read topic tocsin.threats",
        "read topic tocsin.threats.critical",
        "write topic tocsin.cases",
        "write topic tocsin.quarantine",
        "write topic tocsin.threats",
        "write topic tocsin.threats.critical",
    ]


def test_a_desk_without_a_canary_cannot_forge_a_report() -> None:
    more = set(rights(May.ENGINE, canary=True)) - set(rights(May.ENGINE))

    assert more == set(rights(May.PUBLISH))


def test_rights_follow_the_names_in_the_settings() -> None:
    assert "read group desk-b.*" in rights(May.ENGINE, group="desk-b")
    assert "write topic t" in rights(May.PUBLISH, normal_topic="t")


def test_a_desk_reads_answers_where_their_topic_is_named_and_writes_none() -> None:
    given = rights(May.ENGINE, canary=True, answers_topic="tocsin.answers")

    assert [right for right in given if "answers" in right] == [
        "describe configs topic tocsin.answers",
        "read topic tocsin.answers",
    ]
