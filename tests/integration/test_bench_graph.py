"""`make bench-graph` at a small size: everybody gives the same answers, and the last line is whole.

How fast each of them is says nothing here: it is measured when nothing else runs.
"""

import gc
import re

import pytest

from tests.benchmarks.graph.__main__ import main

NUMBER = r"\d+(\.\d+)?"
LAST = re.compile(
    rf"cte_ratio={NUMBER} rustworkx_ratio={NUMBER} bytes_per_link=(?P<bytes>{NUMBER})"
    rf" build_s={NUMBER} load_s={NUMBER} exclusion_p99_ms={NUMBER} equal=(?P<equal>\w+)"
)


def test_our_answers_are_those_of_sqlite_of_rustworkx_and_of_our_own_walks(
    capsys: pytest.CaptureFixture[str],
) -> None:
    try:
        ended = main(["--parties", "8000", "--rounds", "2", "--each", "12", "--closures", "20"])
    finally:
        gc.unfreeze()

    lines = capsys.readouterr().out.splitlines()
    last = LAST.fullmatch(lines[-1])
    assert ended == 0 and last is not None, lines[-1]
    assert last["equal"] == "true"
    assert 40 < float(last["bytes"]) <= 64 + 5, "of few links the rows to spare weigh more"
    found = [float(line.split()[1]) for line in lines if re.match("q[23]:", line)]
    assert len(found) == 2 and all(3 < each < 8000 for each in found), "nothing is easily equal"
