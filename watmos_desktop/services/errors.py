"""Two kinds of error: ``Told`` is said to the person in words; anything else is a bug."""

from __future__ import annotations


class Told(Exception):  # noqa: N818 - what it is for
    """Something the person can understand and act on.

    ``message`` says what is wrong, ``hint`` the next step; ``field`` names the input it belongs to, if any.
    Neither may hold personal data that the person did not just type.
    """

    def __init__(self, message: str, hint: str = "", *, field: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.field = field

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".strip()


class NotFound(Told):
    """There is no such record, or this person may not know of it: the two are never told apart."""

    def __init__(self, what: str = "That record") -> None:
        super().__init__(f"{what} is not here.", "Check the reference, or ask the office.")


class NotAllowed(Told):
    """This person's role does not do this."""

    def __init__(self, action: str = "do this") -> None:
        super().__init__(f"Your role may not {action}.", "Ask a manager if you need to.")
