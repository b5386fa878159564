"""What one person finds on a phone or in a mailbox, and what they do about it."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from schemas.projection import Purpose
from tests.harness.recording import Post, Sent

Answers = Callable[..., Awaitable[object]]


class Unread:
    """Every message that left and that the test has not spoken of yet."""

    def __init__(self, post: Post) -> None:
        self._post = post
        self._read: set[int] = set()

    def take(self, endpoint: str, *, at: datetime) -> Sent:
        """The oldest unread message at this address. Raises AssertionError unless it came then."""
        for index, sent in enumerate(self._post.sent):
            if index in self._read or sent.endpoint != endpoint:
                continue
            minute = _minute(sent.at)
            assert minute == _minute(at), (
                f"{endpoint} was told at {minute:%a %H:%M}, not at {at:%a %H:%M}\n{self.all_left()}"
            )
            self._read.add(index)
            return sent
        raise AssertionError(
            f"nothing came to {endpoint}, expected at {at:%a %H:%M}\n{self.all_left()}"
        )

    def left(self) -> list[Sent]:
        """Messages nobody has spoken of."""
        return [s for index, s in enumerate(self._post.sent) if index not in self._read]

    def forget(self, endpoint: str) -> list[Sent]:
        """Take all that is unread at this address."""
        taken = []
        for index, sent in enumerate(self._post.sent):
            if index not in self._read and sent.endpoint == endpoint:
                self._read.add(index)
                taken.append(sent)
        return taken

    def all_left(self) -> str:
        """The unread messages, one a line, for a failing test."""
        lines = [f"  {_said(sent)}" for sent in self.left()]
        return "unread messages:\n" + ("\n".join(lines) if lines else "  none")


class Inbox:
    """A phone or mailbox: `expects` reads one message, `replies` and `answers` answer it."""

    def __init__(
        self,
        endpoint: str,
        *,
        unread: Unread,
        now: Callable[[], datetime],
        when: Callable[[str], datetime],
        reply: Answers,
    ) -> None:
        self._endpoint = endpoint
        self._unread = unread
        self._now = now
        self._when = when
        self._reply = reply
        self._last: Sent | None = None

    def expects(
        self, *words: str, at: str | None = None, purpose: Purpose | str | None = None
    ) -> "Inbox":
        """The next message came at this minute (now, unless said) and holds all these words."""
        sent = self._unread.take(self._endpoint, at=self._now() if at is None else self._when(at))
        said = f"{sent.message.subject}\n{sent.message.body}"
        for word in words:
            assert word in said, f"{self._endpoint} was told, but without {word!r}:\n{said}"
        if purpose is not None:
            assert sent.message.purpose is Purpose(purpose), _said(sent)
        self._last = sent
        return self

    def expects_each(self, *moments: str) -> "Inbox":
        """One message at each of these minutes, in order."""
        for moment in moments:
            self.expects(at=moment)
        return self

    def expects_nothing(self) -> "Inbox":
        """Nothing unread lies here."""
        left = [sent for sent in self._unread.left() if sent.endpoint == self._endpoint]
        assert not left, self._unread.all_left()
        return self

    def ignores_everything(self) -> "Inbox":
        """Whatever else came is not what this test is about."""
        self._unread.forget(self._endpoint)
        return self

    @property
    def last(self) -> Sent:
        """The message that `expects` read last."""
        assert self._last is not None, "read a message with `expects` first"
        return self._last

    async def replies(self, digit: str) -> None:
        """Answer by text message: 1 got it, 2 someone else, 3 call me."""
        kind = {"1": "acknowledged", "2": "wrong_contact", "3": "asks"}[digit]
        await self.answers(kind, way="sms")

    async def answers(self, kind: str, **more: object) -> None:
        """Answer the last message read here, on the page or by phone."""
        await self._reply(self.last, kind, **more)


def _minute(at: datetime) -> datetime:
    return at - timedelta(seconds=at.second, microseconds=at.microsecond)


def _said(sent: Sent) -> str:
    message = sent.message
    return f"{sent.at:%a %d %b %H:%M:%S} {sent.endpoint} {message.purpose} {message.reference}"
