"""What one person finds on a phone or in a mailbox, and what they do about it."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from typing import Generic, Protocol, TypeVar

from engine.demo.stories.failing import StoryError, expect
from schemas.projection import Purpose


class Letter(Protocol):
    """One message that really left."""

    @property
    def at(self) -> datetime: ...

    @property
    def endpoint(self) -> str: ...

    @property
    def said(self) -> str:
        """Subject and body, as they are read."""
        ...

    @property
    def purpose(self) -> Purpose: ...

    @property
    def key(self) -> str:
        """Of its notification."""
        ...


L = TypeVar("L", bound=Letter)
Answers = Callable[[L, str, dict[str, object]], Awaitable[object]]
_SHOWN = 12
"""Unread messages that are listed; who wants more reads the board."""
_MINUTE = timedelta(minutes=1)


class Unread(Generic[L]):
    """Every message that left and that the story has not spoken of yet.

    `late`: how long after its minute a message may leave, where time is not virtual.
    """

    def __init__(self, letters: Callable[[], Sequence[L]], *, late: timedelta = _MINUTE) -> None:
        self._letters = letters
        self._late = late
        self._read: set[int] = set()

    def take(self, endpoint: str, *, at: datetime) -> L:
        """The oldest unread message at this address. Raises StoryError unless it came then."""
        for index, letter in enumerate(self._letters()):
            if index in self._read or letter.endpoint != endpoint:
                continue
            expect(
                timedelta() <= letter.at - _minute(at) < self._late,
                f"{endpoint} was told at {letter.at:%a %H:%M}, not at {at:%a %H:%M}\n"
                f"{self.all_left()}",
            )
            self._read.add(index)
            return letter
        raise StoryError(
            f"nothing came to {endpoint}, expected at {at:%a %H:%M}\n{self.all_left()}"
        )

    def all(self) -> Sequence[L]:
        """Every message that ever left, read or not."""
        return self._letters()

    def left(self) -> list[L]:
        """Messages nobody has spoken of."""
        return [s for index, s in enumerate(self._letters()) if index not in self._read]

    def forget(self, endpoint: str) -> list[L]:
        """Take all that is unread at this address."""
        taken = []
        for index, letter in enumerate(self._letters()):
            if index not in self._read and letter.endpoint == endpoint:
                self._read.add(index)
                taken.append(letter)
        return taken

    def all_left(self) -> str:
        """The unread messages, one a line, for a story that failed."""
        left = self.left()
        lines = [f"  {_said(letter)}" for letter in left[:_SHOWN]]
        if len(left) > _SHOWN:
            lines.append(f"  and {len(left) - _SHOWN} more")
        return "unread messages:\n" + ("\n".join(lines) if lines else "  none")


class Inbox(Generic[L]):
    """A phone or mailbox: `expects` reads one message, `replies` and `answers` answer it."""

    def __init__(
        self,
        endpoint: str,
        *,
        unread: Unread[L],
        now: Callable[[], datetime],
        when: Callable[[str], datetime],
        reply: Answers[L],
    ) -> None:
        self._endpoint = endpoint
        self._unread = unread
        self._now = now
        self._when = when
        self._reply = reply
        self._last: L | None = None

    def expects(
        self, *words: str, at: str | None = None, purpose: Purpose | str | None = None
    ) -> "Inbox[L]":
        """The next message came at this minute (now, unless said) and holds all these words."""
        letter = self._unread.take(self._endpoint, at=self._now() if at is None else self._when(at))
        for word in words:
            expect(
                word in letter.said,
                f"{self._endpoint} was told, but without {word!r}:\n{letter.said}",
            )
        if purpose is not None:
            expect(letter.purpose is Purpose(purpose), _said(letter))
        self._last = letter
        return self

    def expects_each(self, *moments: str) -> "Inbox[L]":
        """One message at each of these minutes, in order."""
        for moment in moments:
            self.expects(at=moment)
        return self

    def expects_nothing(self) -> "Inbox[L]":
        """Nothing unread lies here."""
        left = [letter for letter in self._unread.left() if letter.endpoint == self._endpoint]
        expect(not left, self._unread.all_left())
        return self

    def ignores_everything(self) -> "Inbox[L]":
        """Whatever else came is not what this test is about."""
        self._unread.forget(self._endpoint)
        return self

    @property
    def last(self) -> L:
        """The message that `expects` read last."""
        if self._last is None:
            raise StoryError("read a message with `expects` first")
        return self._last

    async def replies(self, digit: str) -> None:
        """Answer by text message: 1 got it, 2 someone else, 3 call me."""
        kind = {"1": "acknowledged", "2": "wrong_contact", "3": "asks"}[digit]
        await self.answers(kind, way="sms")

    async def answers(self, kind: str, **more: object) -> None:
        """Answer the last message read here, on the page or by phone."""
        await self._reply(self.last, kind, more)


def _minute(at: datetime) -> datetime:
    return at - timedelta(seconds=at.second, microseconds=at.microsecond)


def _said(letter: Letter) -> str:
    return f"{letter.at:%a %d %b %H:%M:%S} {letter.endpoint} {letter.purpose}"
