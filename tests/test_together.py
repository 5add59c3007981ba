"""What many ask for at the same time is done for all of them, once each, one round after the other."""

import asyncio
from collections.abc import Sequence

import pytest

from bot.together import Together


class Rounds:
    """What was done together, round by round; a round ends when it is let go."""

    def __init__(self) -> None:
        self.begun: list[list[int]] = []
        self.under_way = 0
        self.go = asyncio.Semaphore(0)

    async def do(self, waiting: Sequence[int]) -> None:
        self.begun.append(list(waiting))
        self.under_way += 1
        assert self.under_way == 1, "never two at once"
        await self.go.acquire()
        self.under_way -= 1
        if 0 in waiting:
            raise LookupError(waiting)


async def begin(together: Together[int], *items: int) -> list[asyncio.Task[None]]:
    tasks = [asyncio.create_task(together.add(item)) for item in items]
    for _ in range(3):
        await asyncio.sleep(0)
    return tasks


async def test_those_who_come_meanwhile_are_the_next_round() -> None:
    rounds = Rounds()
    together = Together[int](rounds.do)
    first = await begin(together, 1, 2)
    second = await begin(together, 3) + await begin(together, 4)
    assert rounds.begun == [[1, 2]]
    rounds.go.release()
    await asyncio.gather(*first)
    assert not any(task.done() for task in second)
    rounds.go.release()
    await asyncio.gather(*second)
    assert rounds.begun == [[1, 2], [3, 4]]


async def test_a_round_that_fails_is_told_to_all_of_it_and_to_nobody_else() -> None:
    rounds = Rounds()
    together = Together[int](rounds.do)
    failing = await begin(together, 0, 1)
    fine = await begin(together, 2)
    for _ in range(2):
        rounds.go.release()
    assert [type(found) for found in await asyncio.gather(*failing, return_exceptions=True)] == [LookupError] * 2
    await asyncio.gather(*fine)


@pytest.mark.parametrize("running", [True, False])
async def test_who_goes_away_has_it_done_all_the_same(running: bool) -> None:
    rounds = Rounds()
    together = Together[int](rounds.do)
    before = await begin(together, 1) if not running else []
    gone, stays = await begin(together, 2, 3)
    gone.cancel()
    for _ in range(2):
        rounds.go.release()
    await asyncio.gather(*before, stays)
    assert gone.cancelled()
    assert rounds.begun[-1] == [2, 3]
    later = await begin(together, 4)
    rounds.go.release()
    await asyncio.gather(*later)
