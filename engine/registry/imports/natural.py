"""Ids of what a source gives no id: from what it is called there, the same at every import.

Ids travel in facts and logs, where no company may be named; so they are digests and no names.
"""

from hashlib import sha256


def natural_id(source: str, *key: str) -> str:
    """`nbim:6f1c…`: the source and 64 bits of what it calls this one; order of `key` counts."""
    return f"{source}:{sha256(chr(31).join(key).encode()).hexdigest()[:16]}"


def one_line(text: str) -> str:
    """The words with single blanks between them: cells of printed lists are broken in lines."""
    return " ".join(text.split())
