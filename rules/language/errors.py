"""What is wrong with a condition, where, and what to do."""


class ConditionError(ValueError):
    """A condition that cannot be used. `line` and `column` count from 1."""

    def __init__(self, message: str, *, remedy: str, line: int, column: int) -> None:
        super().__init__(f"{line}:{column}: {message} {remedy}")
        self.message = message
        self.remedy = remedy
        self.line = line
        self.column = column


def at(text: str, offset: int, message: str, *, remedy: str) -> ConditionError:
    """The error for this offset into the text."""
    before = text[:offset]
    line = before.count("\n") + 1
    column = offset - (before.rfind("\n") + 1) + 1
    return ConditionError(message, remedy=remedy, line=line, column=column)
