"""A story that did not come true."""


class StoryError(AssertionError):
    """Something a story says did not happen, or something happened of which it says nothing."""


def expect(holds: object, said: object) -> None:
    """Go on if it holds. Raises StoryError, with what is said, if not."""
    if not holds:
        raise StoryError(str(said))
