"""Identifiers of cases, alerts, notices, tasks and promises: hashes, never random.

The same input gives the same id on any machine and in any replay. References, the short ones that
people read and say, are keyed so that nobody outside can compute or guess them.
"""

import base64
import hashlib
import hmac

from schemas.codes import TrackName

_REF_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Without letters and digits that sound or look alike."""


def _hash(*parts: str) -> bytes:
    digest = hashlib.sha256()
    for part in parts:
        encoded = part.encode("utf-8", "surrogatepass")
        digest.update(len(encoded).to_bytes(4, "big"))
        digest.update(encoded)
    return digest.digest()


def _short(prefix: str, *parts: str) -> str:
    return prefix + base64.b32encode(_hash(prefix, *parts))[:25].decode("ascii").lower()


def event_id(source: str, id_: str) -> str:
    """Row id of an event: its identity is (source, id)."""
    return _short("e", source, id_)


def case_id(source: str, situation: str, generation: int, *, exercise: bool = False) -> str:
    """Id of the case of a situation; a drill never shares a case with real traffic."""
    return _short("c", source, situation, str(generation), "exercise" if exercise else "real")


def incident_case_id(code: str, key: str, generation: int) -> str:
    """Id of the incident about `key`."""
    return _short("i", code, key, str(generation))


def alert_id(case: str, track: TrackName, party: str) -> str:
    """One per (case, track, party)."""
    return _short("a", case, track.value, party)


def date_id(case: str, source: str, id_: str) -> str:
    """Id of a date of a case: its publisher's own, or that of the command that set it."""
    return _short("d", case, source, id_)[:12]


def notice_key(alert: str, tell_no: int, endpoint: str) -> str:
    """Key of one message: without the attempt, so that a repeat is known as one."""
    return _hash("notice", alert, str(tell_no), endpoint).hex()[:40]


def _keyed(key: bytes, label: str, value: str, length: int) -> str:
    number = int.from_bytes(hmac.digest(key, f"{label}\0{value}".encode(), "sha256"), "big")
    letters = []
    for _ in range(length):
        number, index = divmod(number, len(_REF_ALPHABET))
        letters.append(_REF_ALPHABET[index])
    return "".join(letters)


def case_ref(key: bytes, case: str, *, extra: int = 0) -> str:
    """`TC-4F2M9`: for duty only, never sent outward. `extra` characters more after a collision."""
    return "TC-" + _keyed(key, "case", case, 5 + extra)


def alert_ref(key: bytes, alert: str, *, extra: int = 0) -> str:
    """`7K3Q-92`: the only reference a message to that party carries."""
    letters = _keyed(key, "alert", alert, 6 + extra)
    return f"{letters[:4]}-{letters[4:]}"
