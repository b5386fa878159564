"""How much a batch reads: about as much as the last ones could be thought about.

What is read and not reached is read again, and rows that were made to be locked for it are taken
away again: on a desk full of reports that was half of the work.
"""


class Pace:
    """Follows what was reached: down at once, up by doubling. Belongs to one desk.

    `least` share a commit, however long each takes.
    """

    def __init__(self, *, most: int, least: int) -> None:
        self._most = most
        self._least = least
        self.room = most
        """How much to read for the next batch."""

    def reached(self, done: int, *, of: int) -> None:
        """Note how much of what was read could be thought about."""
        if done < of:
            self.room = min(self._most, max(self._least, done + done // 4))
        elif of >= self.room:
            self.room = min(self._most, 2 * self.room)
