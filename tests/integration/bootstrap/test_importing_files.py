"""Importing files at the terminal: what a person sees, and what is then known."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from engine.cli import importing
from engine.cli.asking import Ask, asking
from engine.cli.exits import CommandError, Exit
from engine.cli.importing import Run, Wish, import_files, plan_files, take_all
from engine.cli.terminal import Terminal
from engine.cli.told_of import DIFFERENCES
from engine.registry.imports.formats import FORMATS
from engine.registry.imports.reading import read_file
from engine.registry.imports.together import FileRows
from engine.registry.rows import SourceFile
from engine.settings import HttpSettings
from tests.integration.bootstrap.desk import Desk, an_event
from tests.integration.bootstrap.house import running
from tests.unit.engine.registry.imports.files import setting

PARTIES = "id,kind,name,state\nnorthmere,company,Northmere,QN\npit,site,Northmere Pit,QM\n"
LINKS = "kind,a,b,share,status\noperates,northmere,pit,100,verified\n"


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A desk's first day, once: its passwords alone take longer than most tests here."""
    folder = tmp_path_factory.mktemp("begun")
    with pytest.MonkeyPatch.context() as patch:
        Desk(folder, patch).begin()
    return folder


@pytest.fixture
def desk(begun: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    shutil.copytree(begun, tmp_path, dirs_exist_ok=True)
    return Desk(tmp_path, monkeypatch)


def write(**files: str | bytes) -> list[str]:
    names = []
    for name, content in files.items():
        data = content if isinstance(content, bytes) else content.encode()
        Path(f"{name}.csv").write_bytes(data)
        names.append(f"{name}.csv")
    return names


def totals(done: dict[str, Any], *names: str) -> tuple[int, ...]:
    return tuple(done["total"][name] for name in names)


def test_a_dry_run_says_what_the_run_does_and_twice_changes_nothing(desk: Desk) -> None:
    files = write(links=LINKS, parties=PARTIES)

    tried = desk.json("registry", "import", *files, "--dry-run")
    assert desk.run("registry", "show", "pit").exit_code != Exit.DONE

    done = desk.json("registry", "import", *files)
    again = desk.json("registry", "import", *files)

    changes = ("added", "changed", "closed", "withdrawn", "unchanged")
    assert totals(tried, *changes) == totals(done, *changes) == (3, 0, 0, 0, 0)
    assert totals(again, *changes) == (0, 0, 0, 0, 3)
    assert "Northmere" in desk.said("registry", "show", "pit")

    write(parties=PARTIES.replace("Northmere Pit", "Northmere North Pit"))
    corrected = desk.json("registry", "import", "parties.csv")
    assert totals(corrected, "added", "changed", "unchanged") == (0, 1, 1)
    assert "Northmere North Pit" in desk.said("registry", "show", "pit")


def test_every_bad_row_is_named_with_its_line_and_all_others_are_in_force(desk: Desk) -> None:
    rows = [
        b"id,kind,name,state,identifiers",
        b"good-1,company,Good One,QM,lei:1",
        b"latin,company,Caf\xe9,QM,",
        b"trap,company,=cmd|' /C calc'!A0,QM,",
        b'open,company,"never closed,QM,',
        b"twin,company,Twin,QM,lei:1",
        b"long,company," + b"x" * 10_000_000 + b",QM,",
        b"good-1,company,Another,QM,",
        b"nul,company,N\x00l,QM,",
        b'good-2,company,"Good, Two",QM,',
        b"half,comp",
    ]
    files = write(
        parties=b"\n".join(rows),
        links="kind,a,b,share,valid_from,valid_until\n"
        "parent_of,good-1,good-2,101,,\n"
        "parent_of,good-1,good-1,50,,\n"
        "parent_of,good-1,good-2,50,2024-05-02,2024-05-01\n"
        "parent_of,good-1,misspelt,50,,\n"
        "parent_of,good-1,good-2,50,,\n"
        "parent_of,good-1,trap,50,,\n",
        contacts="id,party,label,level,endpoints\n"
        'c1,good-1,Desk,general,"email:a@x.example,b@y.example"\n'
        'c2,good-1,Desk,general,"email:Ministry <a@x.example>"\n'
        "c3,good-1,Desk,general,email:a@x.example\n",
    )

    said = desk.said("registry", "import", *files)

    for line, reason in (
        (3, "parties.csv: 1 refused (name): not UTF-8"),
        (4, "parties.csv: 1 refused (name): begins like a formula"),
        (5, "parties.csv: 1 refused: a quote that is never closed"),
        (6, "parties.csv: 1 refused (identifiers): another party has this identifier"),
        (7, "parties.csv: 1 refused: longer than any such value is"),
        (8, "parties.csv: 1 refused (id): another row gives this id to something else"),
        (9, "parties.csv: 1 refused (name): characters nobody sees"),
        (11, "parties.csv: 1 refused: the file ends in the middle of it"),
        (2, "links.csv: 1 refused (share): a share below 0 or over 100 per cent"),
        (3, "links.csv: 1 refused (b): linked to itself"),
        (4, "links.csv: 1 refused (valid_until): ends before it begins"),
        (5, "links.csv: 1 refused (b): a party that nobody knows"),
    ):
        _, found, tail = said.partition(reason)
        assert found, reason
        assert tail.splitlines()[1].strip() == f"line {line}", reason
    assert "contacts.csv: 2 refused (endpoints): not one plain address" in said
    assert "calc" not in said and "Ministry" not in said, "what a row says is not repeated"

    shown = desk.said("registry", "show", "good-1")
    assert "Good, Two" in shown
    assert "is the parent of trap" in shown, "it excludes, though nobody knows yet who that is"
    assert desk.run("registry", "show", "trap").exit_code != Exit.DONE


def test_a_file_that_cannot_be_taken_says_why_and_holds_up_no_other(desk: Desk) -> None:
    files = write(parties=PARTIES, other="a,b\n1,2\n", broken="id,kind\nx,company\n")

    done = desk.run("registry", "import", *files)

    assert done.exit_code == Exit.USAGE
    assert "Not taken: other.csv: no format has these columns or keys" in done.output
    assert "Not taken: broken.csv:" in done.output
    assert "Northmere" in desk.said("registry", "show", "pit")


def test_a_folder_is_imported_as_a_whole_and_what_is_no_list_is_only_mentioned(desk: Desk) -> None:
    Path("lists").mkdir()
    Path("lists/parties.csv").write_text(PARTIES, "utf-8")
    Path("lists/README.md").write_text("# Ours\n", "utf-8")

    done = desk.run("registry", "import", "lists")

    assert done.exit_code == Exit.DONE
    assert "Not taken: lists/README.md: no format" in done.output


@pytest.mark.parametrize(
    ("option", "said"),
    [
        (("--format", "castle"), "There is no such format"),
        (("--as-of", "03/04/2026"), "--as-of is no date"),
        (("--verified-by", "ben"), "nobody can stand for others"),
        (("--word", "Korea"), "--word is not NAME=CODE"),
    ],
)
def test_an_option_that_cannot_be_used_is_told_with_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, option: tuple[str, ...], said: str
) -> None:
    desk = Desk(tmp_path, monkeypatch)
    write(parties=PARTIES)

    done = desk.run("registry", "import", "parties.csv", *option)

    assert done.exit_code == Exit.USAGE and said in done.output and "->" in done.output


def test_who_imports_stands_for_the_links_only_when_they_say_so_and_a_reader_imports_nothing(
    desk: Desk,
) -> None:
    write(parties=PARTIES, links=LINKS.replace(",verified", ","))

    desk.said("registry", "import", "parties.csv", "links.csv")
    assert "not verified" in desk.said("registry", "show", "pit")
    desk.said("registry", "import", "links.csv", "--verified-by", "me")
    assert "not verified" not in desk.said("registry", "show", "pit")

    desk.now("ben")
    write(parties=PARTIES.replace("Northmere", "Southmere"))
    refused = desk.run("registry", "import", "parties.csv")
    assert refused.exit_code == Exit.WHO


async def test_a_running_engine_takes_it_and_knows_it_at_once(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    files = [Path(each) for each in write(parties=PARTIES, links=LINKS)]
    terminal = Terminal()
    http = HttpSettings(port=0, secure_cookies=False)

    async with running(terminal.settings.model_copy(update={"http": http})):
        ended = await import_files(terminal, files, Wish())
        async with asking(terminal) as ask:
            shown = await ask("registry.show", party="pit")

    assert (ended, shown["name"]) == (Exit.DONE, "Northmere Pit")
    assert "is in force" in capsys.readouterr().out


class Cut:
    """An engine that is killed after so many chunks; then one that counts them."""

    def __init__(self, ask: Ask, *, after: int) -> None:
        self._ask = ask
        self._left = after
        self.chunks = 0

    async def __call__(self, operation: str, /, **args: Any) -> dict[str, Any]:
        if operation == "registry.put":
            if self._left == 0:
                raise CommandError(Exit.UNREACHABLE, "The engine does not answer at its door.")
            self._left -= 1
            self.chunks += 1
        return await self._ask(operation, **args)


def planned(terminal: Terminal, name: str) -> Run:
    data = Path(name).read_bytes()
    found = read_file(SourceFile(name=name, data=data), setting(), formats=FORMATS)
    assert isinstance(found, FileRows)
    run = Run()
    plan_files([found], importing.known_now(terminal), Wish(), run)
    return run


async def test_an_import_that_was_cut_off_counts_nothing_and_goes_on_where_it_was(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "ROWS_OF_A_CHUNK", 3)
    rows = "".join(f"p{n},ngo,Invented {n},QM\n" for n in range(10))
    write(parties="id,kind,name,state\n" + rows)
    terminal = Terminal()

    async with asking(terminal) as ask:
        with pytest.raises(CommandError, match="does not answer"):
            await take_all(terminal, Cut(ask, after=2), planned(terminal, "parties.csv"), Wish())
        assert not importing.known_now(terminal).parties.get("p0")

        rest = Cut(ask, after=100)
        await take_all(terminal, rest, planned(terminal, "parties.csv"), Wish())

    assert rest.chunks == 2  # of four
    assert len([id for id in importing.known_now(terminal).parties if id.startswith("p")]) == 10


async def test_what_somebody_else_changed_meanwhile_is_compared_anew_not_overwritten(
    desk: Desk,
) -> None:
    write(parties=PARTIES)
    terminal = Terminal()

    async with asking(terminal) as ask:
        mine = planned(terminal, "parties.csv")
        write(parties=PARTIES.replace("Northmere Pit", "Pit of Ben"))
        await take_all(terminal, ask, planned(terminal, "parties.csv"), Wish())
        await take_all(terminal, ask, mine, Wish())

    assert importing.known_now(terminal).parties["pit"].name == "Northmere Pit"
    assert mine.planned[0].changes.changed, "the second one saw what it changes"


async def test_the_door_takes_no_bytes_that_are_no_record_and_no_half_import(desk: Desk) -> None:
    import_id = "0" * 32
    begin: dict[str, Any] = {
        "id": import_id, "base": 0, "source": "x", "file": "f", "sha256": "", "size": 2,
        "counts": {},
    }  # fmt: skip
    row: dict[str, Any] = {
        "what": "party", "id": "p", "n": 1, "source": "x", "line": 2,
        "body": '{"id": "p", "kind": "ngo", "name": "P"}',
    }  # fmt: skip

    async with asking(Terminal()) as ask:
        assert (await ask("registry.begin", **begin))["stored"] == 0
        for bad in ({"body": "{}"}, {"body": ""}, {"id": "q"}, {"what": "castle"}, {"n": 0}):
            with pytest.raises(CommandError):
                await ask("registry.put", id=import_id, first=0, rows=[row | bad])
        assert (await ask("registry.put", id=import_id, first=0, rows=[row]))["stored"] == 1
        assert (await ask("registry.put", id=import_id, first=0, rows=[row]))["stored"] == 1
        half = await ask("registry.finish", id=import_id)

    assert half["overtaken"] and not half["version"]
    assert "p" not in importing.known_now(Terminal()).parties


def test_templates_are_written_once_and_can_be_imported_as_they_are(desk: Desk) -> None:
    desk.said("registry", "templates", "ours")
    Path("ours/parties.csv").write_text(PARTIES, "utf-8")

    assert "nothing was written" in desk.said("registry", "templates", "ours")
    assert Path("ours/parties.csv").read_text("utf-8") == PARTIES
    assert desk.run("registry", "import", "ours", "--dry-run").exit_code == Exit.DONE


def test_one_person_stands_for_a_link_and_two_refute_it_for_good(desk: Desk) -> None:
    write(parties=PARTIES, links=LINKS.replace(",verified", ","))
    desk.said("registry", "import", "parties.csv", "links.csv")
    link = "own:northmere:operates:pit"

    assert "Verified by person:ana" in desk.said("registry", "verify", link)
    assert "not verified" not in desk.said("registry", "show", "pit")
    assert "second person" in desk.said("registry", "refute", link)
    assert "not verified" not in desk.said("registry", "show", "pit"), "one person is not enough"
    assert link in desk.said("registry", "refute")

    desk.now("ben")
    assert "goes on excluding" in desk.said("registry", "refute", link)
    assert "Nothing waits" in desk.said("registry", "refute")

    desk.now("ana")
    again = desk.json("registry", "import", "links.csv", "--verified-by", "me")
    assert again["files"][0]["reasons"][0]["why"] == "not_trusted", "no file takes it back"
    assert again["total"]["changed"] == 0


CONTACTS = "id,party,label,level,endpoints\n" + "".join(
    f"c{n},northmere,Desk {n},general,email:desk{n}@northmere.example\n" for n in range(12)
)


def test_a_parent_whose_country_is_in_doubt_is_excluded_with_its_mine_all_the_same(
    desk: Desk,
) -> None:
    parties = "id,kind,name,state\ntop,company,Top Holding,Korea\n"
    links = "kind,a,b,status\nparent_of,top,example-mine,verified\n"

    done = desk.json("registry", "import", *write(parties=parties, links=links))

    assert totals(done, "read", "imported", "ambiguous", "refused") == (2, 1, 1, 0)
    Path("event.json").write_text(an_event("e-1"), "utf-8")
    found = desk.json("registry", "exclude", "--event", "event.json")
    assert "top" in [each["id"] for each in found["excluded"]]


def test_what_two_refuted_is_not_verified_under_another_id_by_one(desk: Desk) -> None:
    links = "id,kind,a,b,source,status\n{id},buys_from,northmere,pit,{source},verified\n"
    desk.said("registry", "import", *write(parties=PARTIES))
    first = links.format(id="trade-1", source="a list")
    desk.said("registry", "import", *write(links=first), "--verified-by", "me")
    desk.said("registry", "refute", "trade-1")
    desk.now("ben")
    desk.said("registry", "refute", "trade-1")
    desk.now("ana")

    again = links.format(id="trade-2", source="another list")
    desk.said("registry", "import", *write(links=again), "--verified-by", "me")

    assert desk.run("registry", "verify", "trade-2").exit_code != Exit.DONE
    shown = desk.json("registry", "show", "northmere")["links"]
    assert {each["id"]: each["status"] for each in shown} == {
        "trade-1": "refuted by two: excludes, unless cleared for a case",
        "trade-2": "disputed: excludes",
    }


def test_who_left_is_taken_out_of_the_file_and_told_no_more(desk: Desk) -> None:
    desk.said("registry", "import", *write(parties=PARTIES, contacts=CONTACTS))
    gone = CONTACTS.replace("c3,northmere,Desk 3,general,email:desk3@northmere.example\n", "")
    write(contacts=gone)

    assert desk.json("registry", "import", "contacts.csv")["total"]["closed"] == 0
    shown = desk.said("registry", "import", "contacts.csv", "--complete", "--dry-run")
    assert "(what own names no more): 1 closed." in shown

    assert desk.json("registry", "import", "contacts.csv", "--complete")["total"]["closed"] == 1
    assert "Desk 3" not in desk.said("registry", "show", "northmere")
    assert "Desk 4" in desk.said("registry", "show", "northmere")
    assert "Erased: 1 earlier version" in desk.said("registry", "forget", "c3")


def test_half_a_file_closes_nothing_unless_somebody_says_that_it_is_meant(desk: Desk) -> None:
    desk.said("registry", "import", *write(parties=PARTIES, contacts=CONTACTS))
    write(contacts="".join(CONTACTS.splitlines(keepends=True)[:7]))

    done = desk.run("registry", "import", "contacts.csv", "--complete")
    assert done.exit_code == Exit.USAGE and "no longer names 6 of the 12" in done.output
    assert "Desk 9" in desk.said("registry", "show", "northmere")

    meant = ("contacts.csv", "--complete", "--accept-removals")
    assert desk.json("registry", "import", *meant)["total"]["closed"] == 6


OURS = (
    "parties:\n"
    "  - {id: northmere, kind: company, name: Northmere, state: QN}\n"
    "  - {id: pit, kind: site, name: Northmere Pit, state: QM}\n"
    "links:\n"
    "  - {id: n1, kind: operates, a: northmere, b: pit, status: verified, source: list}\n"
)


def test_a_bad_record_in_yaml_is_named_and_all_others_are_in_force(desk: Desk) -> None:
    """One slip in a file of a thousand used to keep out all of it."""
    bad = "  - {id: n2, kind: adores, a: northmere, b: pit, status: verified, source: list}\n"
    Path("ours.yaml").write_text(OURS + bad, "utf-8")

    dry = desk.run("registry", "import", "ours.yaml", "--dry-run", "--json")
    tried = json.loads(dry.output)
    assert desk.run("registry", "show", "pit").exit_code != Exit.DONE
    done = desk.run("registry", "import", "ours.yaml")

    assert totals(tried, "read", "imported", "refused", "added") == (4, 3, 1, 3)
    assert done.exit_code == Exit.USAGE
    assert "ours.yaml: 1 refused (kind)" in done.output and "nothing is closed" in done.output
    assert "Northmere" in desk.said("registry", "show", "pit")

    Path("ours.yaml").write_text(OURS, "utf-8")
    again = json.loads(desk.run("registry", "import", "ours.yaml", "--json").output)
    assert totals(again, "added", "changed", "refused") == (0, 0, 0)


def test_with_a_roster_one_bad_record_keeps_out_all_and_a_dry_run_says_so_too(desk: Desk) -> None:
    bad = "  - {id: n2, kind: adores, a: northmere, b: pit, status: verified, source: list}\n"
    Path("ours.yaml").write_text(OURS + bad, "utf-8")
    both = ("registry", "import", "ours.yaml", "roster.yaml", "--accept-removals")

    for done in (desk.run(*both, "--dry-run"), desk.run(*both)):
        assert done.exit_code == Exit.USAGE
        assert "nothing of them is taken" in done.output
        assert "ours.yaml:6:" in done.output and "links.1.kind" in done.output
    assert desk.run("registry", "show", "pit").exit_code != Exit.DONE


def test_yaml_that_leaves_out_who_is_on_duty_is_taken_and_takes_nobody_their_address(
    desk: Desk,
) -> None:
    Path("ours.yaml").write_text(OURS, "utf-8")

    done = desk.run("registry", "import", "ours.yaml", "--accept-removals")

    assert done.exit_code == Exit.USAGE
    assert "nothing is closed: Pages would not arrive" in done.output
    assert " 0 closed" in done.output
    assert "Northmere" in desk.said("registry", "show", "pit")
    assert "outbox" in desk.said("registry", "show", "our-desk")
    both = desk.json("registry", "import", "ours.yaml", "roster.yaml", "--accept-removals")
    assert both["not_taken"] == []


def test_a_registry_in_yaml_goes_in_chunks_and_one_with_a_roster_as_a_whole(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "BYTES_OF_A_CHUNK", 100)
    Path("ours.yaml").write_text(OURS, "utf-8")

    desk.run("registry", "import", "ours.yaml")
    assert "Northmere" in desk.said("registry", "show", "pit")

    done = desk.run("registry", "import", "ours.yaml", "roster.yaml", "--accept-removals")
    assert done.exit_code == Exit.USAGE and "With a roster" in done.output


def test_half_a_registry_in_yaml_closes_nothing_either(desk: Desk) -> None:
    whole = Path("registry.yaml").read_text("utf-8")
    head, _, _ = whole.partition("\nlinks:")
    Path("half.yaml").write_text(head + "\n", "utf-8")
    desk.said("registry", "import", "registry.yaml", "roster.yaml")

    done = desk.run("registry", "import", "half.yaml", "roster.yaml")
    assert done.exit_code == Exit.USAGE and "no longer names" in done.output
    assert "nothing was taken" in done.output


def test_what_a_dry_run_showed_is_taken_only_while_it_is_still_that(desk: Desk) -> None:
    write(parties=PARTIES)
    digest = desk.json("registry", "import", "parties.csv", "--dry-run")["digest"]
    said = desk.said("registry", "import", "parties.csv", "--dry-run")
    assert f"--expect {digest}" in said

    write(other=PARTIES.replace("Northmere Pit", "Pit of Ben"))
    desk.said("registry", "import", "other.csv")
    late = desk.run("registry", "import", "parties.csv", "--expect", digest)
    assert late.exit_code == Exit.REFUSED and "no longer what the dry run showed" in late.output
    assert "Pit of Ben" in desk.said("registry", "show", "pit")

    again = desk.json("registry", "import", "parties.csv", "--dry-run")["digest"]
    desk.said("registry", "import", "parties.csv", "--expect", again)
    assert "Northmere Pit" in desk.said("registry", "show", "pit")


def test_a_dry_run_shows_of_each_changed_record_what_it_was_and_what_it_would_be(
    desk: Desk,
) -> None:
    aliases = "|".join(f"Alias {n}" for n in range(40))
    contacts = "id,party,label,level,endpoints\nc1,pit,Desk,general,email:{}@x.example\n"
    desk.said("registry", "import", *write(parties=PARTIES, contacts=contacts.format("old")))
    changed = PARTIES.replace("Northmere Pit,QM", f"Northmere North Pit,QM,{aliases}")
    files = write(
        parties=changed.replace("name,state", "name,state,aliases").replace(
            "Northmere,QN", "Northmere,QN,"
        ),
        contacts=contacts.format("new"),
    )

    said = desk.said("registry", "import", *files, "--dry-run")
    told = desk.json("registry", "import", *files, "--dry-run")
    done = desk.json("registry", "import", *files)

    assert "  ~ changed party pit, line 3\n" in said
    assert "      name: Northmere Pit -> Northmere North Pit\n" in said
    assert "      aliases: nothing -> Alias 0, Alias 1" in said and "Alias 39" not in said
    assert "      endpoints: changed\n" in said
    of = {each["id"]: each for file in told["files"] for each in file["differences"]}
    assert {name: of["pit"][name] for name in ("kind", "what", "line")} == {
        "kind": "changed",
        "what": "party",
        "line": 3,
    }
    fields = {each["field"]: (each["was"], each["is"]) for each in of["pit"]["fields"]}
    assert fields["name"] == ("Northmere Pit", "Northmere North Pit")
    assert fields["aliases"][1].endswith("Alias 39"), "a script gets the whole value"
    assert of["c1"]["fields"] == [{"field": "endpoints", "was": "", "is": ""}]
    assert "x.example" not in said and "x.example" not in str(told), "no address is shown"
    assert [each["differences"] for each in done["files"]] == [[], []]


def test_a_script_gets_a_thousand_differences_and_how_many_more_or_all(desk: Desk) -> None:
    rows = "".join(f"p{n},company,Company {n},QM\n" for n in range(DIFFERENCES + 2))
    files = write(parties="id,kind,name,state\n" + rows)

    (cut,) = desk.json("registry", "import", *files, "--dry-run")["files"]
    (whole,) = desk.json("registry", "import", *files, "--dry-run", "--all-lines")["files"]

    assert (len(cut["differences"]), cut["differences_left_out"]) == (DIFFERENCES, 2)
    assert (len(whole["differences"]), whole["differences_left_out"]) == (DIFFERENCES + 2, 0)
    assert cut["differences"][0]["fields"] == [], "of what is new nothing differs"


def test_two_people_correct_what_a_party_is_and_a_file_does_not(desk: Desk) -> None:
    body = "id,kind,name,state\nboard,state_body,Board,QM\n"
    desk.said("registry", "import", *write(parties=body))
    freed = desk.json("registry", "import", *write(parties=body.replace("state_body", "ngo")))
    assert freed["files"][0]["reasons"][0]["why"] == "not_trusted"

    wanted = ("registry", "amend", "board", "kind", "ngo")
    assert "second person" in desk.said(*wanted)
    assert "kind=ngo: proposed by person:ana" in desk.said("registry", "refute")
    assert desk.run(*wanted).exit_code == Exit.REFUSED
    desk.now("ben")
    assert "kind is ngo from now on" in desk.said(*wanted)
    assert "Nothing waits" in desk.said("registry", "refute")

    wrong = desk.run("registry", "amend", "board", "colour", "red")
    assert wrong.exit_code == Exit.USAGE and "->" in wrong.output


TRUSTED = {"what": "party", "id": "board", "n": 2, "source": "own", "line": 2}


@pytest.mark.parametrize(
    "row",
    [
        {"body": '{"id": "board", "kind": "ngo", "name": "Board", "state": "QM", "source": "own"}'},
        {"source": "another"},
        {"what": "link", "id": "l9", "n": 1, "body": '{"id": "l9", "kind": "operates", "a": "x",'
         ' "b": "y", "status": "refuted", "source": "own"}'},
        {"what": "contact", "id": "c", "n": 1, "body": '{"id": "c", "party": "board", "label": "d",'
         ' "level": "general", "endpoints": [{"id": "e", "channel": "email",'
         ' "address": "a@x.example, b@y.example"}]}'},
    ],
)  # fmt: skip
async def test_the_door_believes_no_comparison_that_frees_somebody(
    desk: Desk, row: dict[str, Any]
) -> None:
    write(parties="id,kind,name,state\nboard,state_body,Board,QM\n")
    terminal = Terminal()
    async with asking(terminal) as ask:
        await take_all(terminal, ask, planned(terminal, "parties.csv"), Wish())
        known = importing.known_now(terminal)
        body = '{"id": "board", "kind": "state_body", "name": "B", "state": "QM", "source": "own"}'
        good = {**TRUSTED, "body": body}
        begin: dict[str, Any] = {
            "id": "1" * 32, "base": known.base, "source": "own", "file": "f", "sha256": "",
            "size": 1, "counts": {},
        }  # fmt: skip
        await ask("registry.begin", **begin)
        with pytest.raises(CommandError, match=r"no file may say|no record") as error:
            await ask("registry.put", id="1" * 32, first=0, rows=[{**good, **row}])
        assert error.value.code in (Exit.REFUSED, Exit.USAGE)

        stale = await ask("registry.put", id="1" * 32, first=0, rows=[{**good, "n": 1}])
        assert stale["overtaken"], "compared with a registry that is no longer in force"
        with pytest.raises(CommandError, match="another registry"):
            await ask("registry.begin", **{**begin, "id": "2" * 32, "base": known.base + 1})

        assert (await ask("registry.put", id="1" * 32, first=0, rows=[good]))["stored"] == 1
        assert (await ask("registry.finish", id="1" * 32))["version"]
    assert importing.known_now(terminal).parties["board"].name == "B"


async def test_the_door_counts_for_itself_what_a_file_drops(desk: Desk) -> None:
    rows = "".join(f"p{n},ngo,Invented {n},QM\n" for n in range(5))
    ties = "".join(f"member_of,p{n},p{n + 1},verified\n" for n in range(4))
    write(parties="id,kind,name,state\n" + rows, links="kind,a,b,status\n" + ties)
    terminal = Terminal()
    async with asking(terminal) as ask:
        for name in ("parties.csv", "links.csv"):
            await take_all(terminal, ask, planned(terminal, name), Wish())
        known = importing.known_now(terminal)
        id = next(iter(sorted(link.id for link in known.links.values() if link.source == "own")))
        body = (
            f'{{"id": "{id}", "kind": "member_of", "a": "p0", "b": "p1", "status": "lapsed",'
            ' "source": "own"}'
        )
        await ask(
            "registry.begin", id="3" * 32, base=known.base, source="own", file="f", sha256="",
            size=1, counts={},
        )  # fmt: skip
        row = {"what": "link", "id": id, "n": 2, "source": "own", "line": 0, "body": body}
        await ask("registry.put", id="3" * 32, first=0, rows=[row])
        with pytest.raises(CommandError, match="no longer names 1 of the 4"):
            await ask("registry.finish", id="3" * 32)
        assert (await ask("registry.finish", id="3" * 32, drop=True))["version"]
