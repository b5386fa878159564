"""The receipt a publisher gets: the same for the same report, and useless to anybody else."""

from engine.vault.keys import keyed
from engine.vault.secret import Secret

_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
_LETTERS = 12


def receipt_of(key: Secret, source: str, id_: str) -> str:
    """`R-7K3Q-92MF-4TXC`, a keyed hash: it names no case and nobody can compute another's."""
    number = int.from_bytes(keyed(key, source, id_), "big")
    letters = []
    for _ in range(_LETTERS):
        number, index = divmod(number, len(_ALPHABET))
        letters.append(_ALPHABET[index])
    text = "".join(letters)
    return "R-" + "-".join(text[at : at + 4] for at in range(0, _LETTERS, 4))
