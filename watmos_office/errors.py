"""The one way in which the office refuses a whole request: a status and a code, never a value (docs/sync.md 2)."""

from __future__ import annotations


class Answer(Exception):  # noqa: N818 - it is what is answered
    """``extra`` joins the body: numbers, moments and proofs of the office's own, nothing that came in."""

    def __init__(self, status: int, code: str, **extra: object) -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.extra = extra


def not_found() -> Answer:
    """It is not here, or it is not yours: one answer for both, so that nobody learns which (security.md S29)."""
    return Answer(404, "not_found")
