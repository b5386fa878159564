"""One mail address, exactly one, in a form that no header and no server reads as more."""

import re

import idna

_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")


def one_address(text: str) -> str:
    """Return the address as it goes on the wire: domain in lower case, in its ASCII form.

    Takes `name@domain` alone: no display name, list, group, quoted name, comment, control or
    encoded word. A domain in another script is converted by IDNA 2008 and must convert back to the
    same: what a registry shows and where the mail goes are one. Raises ValueError, which says what
    is wrong and not with whom.
    """
    if len(text) > 254:
        raise ValueError("a mail address has at most 254 characters")
    local, at, domain = text.rpartition("@")
    if not at or not _LOCAL.fullmatch(local) or "=?" in local:
        raise ValueError("write one mail address as name@domain, with plain letters in the name")
    if len(local) > 64:
        raise ValueError("the name before the @ has at most 64 characters")
    return f"{local}@{_domain(domain)}"


def _domain(text: str) -> str:
    lower = text.lower()
    try:
        wire = lower if lower.isascii() else idna.encode(lower).decode("ascii")
        back = idna.decode(wire)
        if not lower.isascii() and back != lower:
            raise ValueError
    except (ValueError, idna.IDNAError):
        raise ValueError("the domain after the @ is not a domain name") from None
    labels = wire.split(".")
    if len(labels) < 2 or len(wire) > 253 or not all(_LABEL.fullmatch(label) for label in labels):
        raise ValueError("the domain after the @ is not a domain name")
    return wire
