"""What the sandbox answers instead of doing as it was told, and the one way in which an answer gets lost."""


class Refused(Exception):
    """A call that Telegram would not carry out: an HTTP status, a sentence, and for a 429 the seconds to wait."""

    def __init__(self, status: int, description: str, retry_after: int | None = None) -> None:
        super().__init__(description)
        self.status = status
        self.description = description
        self.retry_after = retry_after

    @property
    def body(self) -> dict[str, object]:
        """Return the JSON body of the answer."""
        waiting = {} if self.retry_after is None else {"parameters": {"retry_after": self.retry_after}}
        return {"ok": False, "error_code": self.status, "description": self.description, **waiting}


class AnswerLost(Exception):
    """The call was carried out and its answer never arrives: the connection breaks."""


def bad(sentence: str) -> Refused:
    """Return a 400 in Telegram's words."""
    return Refused(400, f"Bad Request: {sentence}")


def slow_down(seconds: int) -> Refused:
    return Refused(429, f"Too Many Requests: retry after {seconds}", seconds)
