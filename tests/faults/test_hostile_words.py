"""Whatever people type, Telegram never refuses an answer of ours for how it looks (T61)."""

import random

from tests.databases import Home
from tests.faults.promises import Figures, points
from tests.faults.virtual import play
from tests.faults.world import world

PIECES = (
    "<b>", "</b>", "<script>", "&amp;", "&", "<", ">", '"', "'", "{}", "{0}", "{user}", "%s", "%(x)s", "%", "\\", "\\n",
    "*bold*", "_it_", "[a](http://x)", "`code`", "||", "\u202e", "\u200b", "\u0000", "👩‍👩‍👧‍👦",
    "\u0301" * 9, "ÄÖß", "שלום", "日本",
    "'; DROP TABLE answers; --", "=1+1", "../../etc/passwd", "$(id)", "head", "7", "back 3", "sleep 7h", "\n", " ",
    "8:30", "99:99", "Berlin", "/start", "@HeadsUpSandboxBot", "#tag", "tg://user?id=1",
)  # fmt: skip


def test_words_of_all_kinds(home: Home, promise: Figures) -> None:
    async def story() -> None:
        async with world(home) as all_is:
            (ann,) = all_is.people([1001])
            all_is.beat = 30
            await all_is.starts()
            await ann.says("/checkin")
            await all_is.passes(seconds=5)
            chance = random.Random(61)
            tried = points(150, 2000)
            for number in range(tried):
                if number % 5 == 0:
                    await ann.says(chance.choice(("/checkin", "/reminders", "/settings", "/cancel", "/help", "/pause")))
                words = "".join(chance.choice(PIECES) for _ in range(chance.randint(1, 12))).replace("\u0000", "")
                if words.strip():
                    await ann.says(words.strip())
                await all_is.passes(seconds=3)
            refused = [call for call in all_is.api.calls if call.status == 400]
            promise.at_most("T61", "answers that Telegram refused", 0, len(refused), tries=tried)
            assert not (await all_is.states("inbox")).get("failed")

    play(story())
