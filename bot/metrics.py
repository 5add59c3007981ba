"""What the bot counts about itself, for Prometheus: how many and how long, never who or what."""

from importlib.metadata import version
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, Info, ProcessCollector, generate_latest

TURN_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)

OUTCOMES = ("sent", "later", "gone", "refused", "unknown")
"""Of a send: it arrived; it did not and is tried again; blocked or no more there; wrong; nobody knows."""


class Metrics:
    """One process's figures. Counters count where it happens; gauges are set when somebody asks (`web/health`)."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        all_of: Any = {"registry": self.registry}
        ProcessCollector(registry=self.registry)
        Info("headsup", "Which version runs.", **all_of).info({"version": version("headsup")})
        self.updates = Counter("headsup_updates", "Updates that came in and were not here before.", **all_of)
        self.turns = Histogram(
            "headsup_turn_seconds",
            "From taking an update up to its answer being stored.",
            buckets=TURN_SECONDS,
            **all_of,
        )
        self.sends = Counter(
            "headsup_sends",
            "New messages, by what came of them.",
            ["outcome"],
            **all_of,
        )
        for outcome in OUTCOMES:  # told from the first: what is not there yet cannot be seen to grow
            self.sends.labels(outcome)
        self.outbox_due = Gauge("headsup_outbox_due", "Messages that may go out now and have not.", **all_of)
        self.oldest_due = Gauge(
            "headsup_outbox_oldest_due_seconds",
            "How long the oldest of them has waited; 0 where there is none.",
            **all_of,
        )
        self.last = {
            "poll": Gauge(
                "headsup_last_poll_timestamp_seconds",
                "When Telegram was last heard, or could call; 0 before.",
                **all_of,
            ),
            "tick": Gauge(
                "headsup_last_tick_timestamp_seconds", "When it was last looked what has come due; 0 before.", **all_of
            ),
        }
        self.backup_age = Gauge(
            "headsup_backup_age_seconds", "Of the newest nightly backup; NaN without one.", **all_of
        )
        self.disk_free = Gauge("headsup_disk_free_bytes", "Room left for the diary; NaN with PostgreSQL.", **all_of)

    def text(self) -> bytes:
        """Return all of it as Prometheus reads it."""
        return generate_latest(self.registry)
