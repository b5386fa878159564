"""What we tell publishers of other houses to do is what the desk can open."""

import base64
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson

from engine.entropy import SeededEntropy
from engine.intake.accept import Accepted, accept
from engine.vault import Vault, init_keys
from tests.unit.engine.intake.builders import WIDE, a_message

HOWTO = Path(__file__).parents[4] / "docs" / "howto" / "seal.md"
NOW = datetime(2027, 3, 1, 12, 0, tzinfo=UTC)


def test_what_the_python_of_the_howto_seals_opens_at_the_desk_and_nowhere_before(
    tmp_path: Path,
) -> None:
    (code,) = re.findall(r"```python\n(.*?)```", HOWTO.read_text("utf-8"), flags=re.DOTALL)
    written: dict[str, Any] = {}
    exec(code, written)  # noqa: S102 (the document's own words are what is tested)
    vault = Vault(init_keys(tmp_path, SeededEntropy(1), NOW), entropy=SeededEntropy(2))
    name, public = vault.intake_key
    key = {"key_id": name, "public_key": base64.b64encode(public).decode("ascii")}

    sealed = written["seal"]({"identity": "zzmark Ünver"}, key)
    raw = orjson.dumps(a_message(sealed=sealed))
    taken = accept(raw, scopes=lambda source: WIDE, received_at=NOW, seal=vault.seal)

    assert b"zzmark" not in raw
    assert isinstance(taken, Accepted)
    box = taken.report.sealed
    assert box is not None and box.key_id == name
    assert orjson.loads(vault.open_box(box).reveal()) == {"sealed": {"identity": "zzmark Ünver"}}
