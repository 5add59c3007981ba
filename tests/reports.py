"""Reports made of days alone, as the bot makes them of a diary."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

from bot.domain.before_after import before_after, first_of
from bot.domain.history import Day
from bot.domain.log import KINDS, Kind
from bot.domain.patterns import look, offered
from bot.domain.report import Report, figures_of, report_of


def report_from(
    days: Sequence[Day],
    weeks: int,
    events: Sequence[tuple[Kind, date]] = (),
    periods: Collection[date] = (),
    **more: Any,
) -> Report:
    """Return the report of the last weeks of days that are oldest first, without gaps; the day after them is today."""
    kept = next((days[n:] for n, day in enumerate(days) if day.logged), days[-1:])
    today = date.fromordinal(days[-1].day.toordinal() + 1)
    firsts = {kind: first_of(kind, events) for kind in KINDS}
    return report_of(
        figures_of(days[-7 * weeks :], kept[0].day),
        look=look(kept, offered(kept), periods),
        looked_from=kept[0].day,
        events=events,
        around=[(kind, before_after(days, first, today)) for kind, first in firsts.items() if first],
        periods=periods,
        **more,
    )
