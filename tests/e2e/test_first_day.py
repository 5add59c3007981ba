"""`headsup run` with a token against the sandbox's HTTP server: the first day, from hello to the week."""

from bot.sandbox.botapi import BotApi
from tests.e2e.conftest import BotProcess, person, sees, settles_in

PNG = b"\x89PNG"


async def test_the_first_day(api: BotApi, bot: BotProcess) -> None:
    await bot.runs()
    ann = person(api, 1001, "Ann")
    await settles_in(ann)
    await ann.taps("Open today’s card")
    await sees(ann, "Did your head hurt today?")
    evening = {
        "0 ": "back or neck",
        "0": "How long",
        "7–8 h": "How well",
        "4 · well": "posture",
        "4 · good": "Saved for",
    }
    for label, asked_next in evening.items():
        await ann.taps(label.strip())
        await sees(ann, asked_next)
    assert "Headache 0 · Back 0 · Sleep 7–8 h · Sleep quality 4 of 5 · Posture 4 of 5" in ann.sees.text
    await ann.says("/summary")
    summary = await sees(ann, "too few for numbers")
    assert summary.photo is not None
    assert summary.photo.startswith(PNG)
    assert await bot.stops() == 0
    assert bot.output[-1] == "Stopped."
    assert [call for call in api.calls if call.status != 200] == []
