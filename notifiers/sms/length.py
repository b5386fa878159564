"""How many segments a text is: each is paid for, delayed and lost on its own."""

GSM7 = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
"""3GPP TS 23.038, basic character set."""
GSM7_TWO = frozenset("\f^{}\\[~]|€")
"""Its extension: each takes two."""
_GSM7_ONE, _GSM7_MANY = 160, 153
_UCS2_ONE, _UCS2_MANY = 70, 67


def units(text: str) -> tuple[int, bool]:
    """Return the length in septets and True, or in 16-bit units and False where GSM-7 fails."""
    if all(c in GSM7 or c in GSM7_TWO for c in text):
        return len(text) + sum(c in GSM7_TWO for c in text), True
    return sum(2 if ord(c) > 0xFFFF else 1 for c in text), False


def segments(text: str) -> int:
    """Return how many segments a gateway needs; an empty text needs one."""
    length, gsm7 = units(text)
    one, many = (_GSM7_ONE, _GSM7_MANY) if gsm7 else (_UCS2_ONE, _UCS2_MANY)
    return 1 if length <= one else -(-length // many)


def cut(text: str, *, most: int) -> str:
    """Return the text, shortened to at most that many segments. The beginning names what it is."""
    if segments(text) <= most:
        return text
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        if segments(text[:middle]) <= most:
            low = middle
        else:
            high = middle - 1
    return text[:low]
