"""A clock that people in the sandbox can send ahead: it never goes back, and both its hands go together."""

from datetime import datetime, timedelta

from bot.clock import SystemClock


class TravellingClock(SystemClock):
    """The real clock, and how far it was sent ahead of it. `sleep` takes the real time: waiting is not travelling."""

    def __init__(self, ahead: timedelta = timedelta(0)) -> None:
        self.ahead = ahead

    def now(self) -> datetime:
        return super().now() + self.ahead

    def steady(self) -> float:
        """Go ahead too: to whoever compares the two, nobody has set a clock, time has passed."""
        return super().steady() + self.ahead.total_seconds()

    def go(self, span: timedelta) -> None:
        self.ahead += max(span, timedelta(0))
