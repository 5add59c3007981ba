"""headsup broadcast beside a running bot: handed over, sent once, and nothing of it is left lying about."""

from bot.sandbox.botapi import BotApi
from bot.sandbox.server import Server
from tests.e2e.conftest import BotProcess, person, sees, settles_in


async def test_beside_a_running_bot(api: BotApi, server: Server, bot: BotProcess) -> None:
    await bot.runs()
    ann = person(api, 1001, "Ann")
    await settles_in(ann)
    await ann.says("/settings")
    await sees(ann, "Quiet hours")
    await ann.taps("Change the quiet hours")
    await sees(ann, "stay silent")
    await ann.taps("No quiet hours")
    await sees(ann, "Quiet hours: none.")
    (bot.folder / "message.txt").write_text("Back at six.")
    operator = BotProcess(bot.folder, server.url)
    await operator.start("broadcast", "message.txt", "--yes")
    assert await operator.ends() == 0, operator.output
    await sees(ann, "From whoever runs this bot:", "Back at six.")
    await bot.stops()
    assert not list(bot.folder.glob("*.broadcast"))
    await bot.runs()
    await bot.stops()
    assert len([seen for seen in ann.chat if "Back at six." in seen.text]) == 1
