"""Decision records at the terminal: on what a track was released, by whom, until when."""

from collections.abc import Iterable, Mapping
from typing import Any

_POINTS = (
    ("whether", "whether"),
    ("why", "why"),
    ("how", "how"),
    ("risk of acting", "risk_of_acting"),
    ("of not acting", "risk_of_not_acting"),
    ("partner", "local_partner"),
)


def released_on(records: Iterable[Mapping[str, Any]]) -> list[str]:
    """The records of a case, newest first; nothing where nobody released anything."""
    lines = [line for record in records for line in _record(record)]
    return ["", "Released on these records, newest first:", *lines] if lines else []


def _record(record: Mapping[str, Any]) -> list[str]:
    who = record["approver"].removeprefix("person:")
    ends = f", ends {_short(record['expires_at'])}" if record["expires_at"] else ""
    agrees = f", agrees with {record['agrees_with']}" if record["agrees_with"] else ""
    said = [f"{name} {record[key]}" for name, key in _POINTS if record[key]]
    said += [f"{point} {code}" for point, code in record["preflight"].items()]
    return [
        f"  {record['track']}, by {who}, {_short(record['at'])}{ends}",
        f"      record {record['id']}{agrees}",
        f"      {'; '.join(said).replace('_', ' ')}",
    ]


def _short(time: str) -> str:
    return time[:16].replace("T", " ")
