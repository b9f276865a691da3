"""What can be refused, said so that a person can mend it."""

from __future__ import annotations


class DomainError(Exception):
    """A refusal with a stable code, a sentence, and the mend. Subclasses set the first three."""

    code = "refused"
    sentence = "This can't be done."
    mend = ""
    status = 409

    def __init__(self, sentence: str | None = None, *, mend: str | None = None, **facts: object) -> None:
        self.sentence = str(sentence if sentence is not None else self.sentence)
        self.mend = str(mend if mend is not None else self.mend)
        self.facts = facts
        super().__init__(f"{self.code}: {self.sentence} {self.mend}".strip())


class NotYours(DomainError):
    """One answer for what isn't there and what isn't yours: a refusal must not tell which."""

    code = "not_found"
    sentence = "There is nothing here for you."
    mend = "Check the address, or ask whoever sent it to you."
    status = 404


class NotAllowed(DomainError):
    code = "not_allowed"
    sentence = "Your role doesn't include this."
    mend = "Ask your lead, or the network administrator."
    status = 403


class WrongState(DomainError):
    code = "wrong_state"
    sentence = "This has moved on since you opened it."
    mend = "Open it again to see how it stands now."


class BadValue(DomainError):
    """A value that can't be; `field` names it."""

    code = "bad_value"
    status = 422

    def __init__(self, field: str, sentence: str, *, mend: str = "") -> None:
        self.field = field
        super().__init__(sentence, mend=mend, field=field)


class NoContext(DomainError):
    code = "no_context"
    sentence = "No one is acting here, so nothing can be read or changed."
    status = 500
