"""What callers do wrong: a fault is raised, changes nothing, and is told in a sentence."""


class BadInputError(ValueError):
    """The input cannot be meant: the message says what is wrong with it and what would be right."""


class NotFoundError(BadInputError):
    """There is no such thing in the caller's workspace."""
