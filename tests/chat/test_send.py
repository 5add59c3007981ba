"""Messages out: only the newest state of a card, a picture never costs the words, an edit finds its way."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.chat.errors import Gone, Refused, TryLater, Unknown
from bot.chat.send import Answer
from bot.config import Sending, Settings
from bot.render.message import Button, File, Message, Reply
from bot.sandbox.botapi import Upload
from bot.sandbox.person import Person
from tests.clock import HandClock
from tests.conftest import Telegram, settled_in
from tests.stories.conftest import value

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c4944415408d763f8cfc0000003010100"
    "18dd8db00000000049454e44ae426082"
)


def methods(telegram: Telegram, after: int) -> list[str]:
    return [call.method for call in list(telegram.api.calls)[after:] if call.method != "getUpdates"]


def in_time() -> bool:
    return True


def too_late() -> bool:
    return False


async def owed() -> bool:
    return True


async def owed_no_more() -> bool:
    return False


async def show(telegram: Telegram, ann: Person, *messages: Message, tapped: int | None = None) -> None:
    telegram.chat.sender.reply(Answer(ann.user_id, Reply(messages), tapped))
    await telegram.chat.sender.idle()


async def test_edits_of_one_card_are_coalesced_to_the_newest(telegram: Telegram, ann: Person) -> None:
    await show(telegram, ann, Message("0"))
    shown = ann.sees.message_id
    before = len(telegram.api.calls)
    for number in range(1, 21):
        answer = Answer(ann.user_id, Reply((Message(str(number), edit="tapped"),)), shown)
        telegram.chat.sender.reply(answer)
    await telegram.chat.sender.idle()
    assert ann.sees.text == "20"
    assert len(methods(telegram, before)) < 20, "not every state on the way is worth showing"


async def test_two_cards_are_both_shown(telegram: Telegram, ann: Person) -> None:
    await show(telegram, ann, Message("a"), Message("b"))
    second, first = ann.chat[-1].message_id, ann.chat[-2].message_id
    for number, message_id in enumerate((first, second, first, second)):
        telegram.chat.sender.reply(Answer(ann.user_id, Reply((Message(f"{number}", edit="tapped"),)), message_id))
    await telegram.chat.sender.idle()
    assert [seen.text for seen in ann.chat[-2:]] == ["2", "3"]


async def test_a_new_message_is_never_coalesced(telegram: Telegram, ann: Person) -> None:
    before = len(ann.chat)
    for number in range(4):
        telegram.chat.sender.reply(Answer(ann.user_id, Reply((Message(str(number)),)), None))
    await telegram.chat.sender.idle()
    assert [seen.text for seen in ann.chat[before:]] == ["0", "1", "2", "3"]


async def test_nothing_to_change_is_no_trouble(telegram: Telegram, ann: Person) -> None:
    await show(telegram, ann, Message("same", ((Button("A", "a"),),)))
    before = len(telegram.api.calls)
    again = Message("same", ((Button("A", "a"),),), edit="tapped")
    await show(telegram, ann, again, tapped=ann.sees.message_id)
    assert methods(telegram, before) == ["editMessageText"]
    assert telegram.api.calls[-1].status == 400


async def test_what_is_discreet_cannot_be_passed_on_and_its_picture_is_veiled(telegram: Telegram, ann: Person) -> None:
    before = len(ann.chat)
    for text in ("the week", "week " * 300):
        await show(telegram, ann, Message(text, draw=lambda: PNG, discreet=True))
    bodies = [seen.body for seen in ann.chat[before:]]
    assert [bool(body.get("photo")) for body in bodies] == [True, True, False]
    assert all(body["has_protected_content"] for body in bodies)
    assert all(body["has_media_spoiler"] for body in bodies if body.get("photo"))
    await show(telegram, ann, Message("the week", draw=lambda: PNG))
    assert not {"has_protected_content", "has_media_spoiler"} & ann.sees.body.keys()


@pytest.mark.parametrize(("per_second", "paid"), [(30, False), (31, True)])
async def test_above_thirty_a_second_every_new_message_is_a_paid_broadcast(
    settings: Settings, clock: HandClock, *, per_second: int, paid: bool
) -> None:
    telegram = Telegram(settings.model_copy(update={"sending": Sending(per_second=per_second)}), clock)
    await telegram.start_bot()
    ann = await settled_in(telegram, 1001, "Ann")
    told: list[tuple[str, bool]] = []
    carried_out = telegram.api.carried_out

    async def listen(method: str, params: Mapping[str, object], files: Mapping[str, Upload]) -> object:
        told.append((method, params.get("allow_paid_broadcast") == "true"))
        return await carried_out(method, params, files)

    telegram.api.carried_out = listen  # type: ignore[method-assign]
    await show(telegram, ann, Message("words"), Message("week " * 300, draw=lambda: PNG))
    assert told == [("sendMessage", paid), ("sendPhoto", paid), ("sendMessage", paid)]
    told.clear()
    await show(telegram, ann, Message("other words", edit="tapped"), tapped=ann.chat[-3].message_id)
    assert told == [("editMessageText", False)], "an edit costs nothing"
    await telegram.stop_bot()


async def test_a_message_out_of_reach_is_sent_anew(telegram: Telegram, ann: Person) -> None:
    before = len(ann.chat)
    await show(telegram, ann, Message("here I am", edit="tapped"), tapped=99_999)
    assert [seen.text for seen in ann.chat[before:]] == ["here I am"]


async def test_words_go_out_when_the_picture_cannot_be_drawn(telegram: Telegram, ann: Person) -> None:
    def broken() -> bytes:
        raise MemoryError("no room for colours")

    await show(telegram, ann, Message("the week", draw=broken))
    assert (ann.sees.text, ann.sees.photo) == ("the week", None)


async def test_a_picture_brings_its_words(telegram: Telegram, ann: Person) -> None:
    await show(telegram, ann, Message("the week", draw=lambda: PNG))
    assert (ann.sees.text, ann.sees.photo) == ("the week", PNG)


async def test_words_too_long_for_a_picture_follow_it(telegram: Telegram, ann: Person) -> None:
    await show(telegram, ann, Message("week " * 300, draw=lambda: PNG))
    assert ann.chat[-2].photo == PNG
    assert ann.sees.text.startswith("week week")
    assert ann.sees.photo is None


async def test_a_picture_takes_the_place_of_another_and_of_words(telegram: Telegram, ann: Person) -> None:
    await show(telegram, ann, Message("October", draw=lambda: PNG), Message("words"))
    words, october = ann.chat[-1].message_id, ann.chat[-2].message_id
    for message_id in (october, words):
        button = ((Button("Back", "back"),),)
        await show(telegram, ann, Message("<b>May</b>", button, edit="tapped", draw=lambda: PNG), tapped=message_id)
    assert [(seen.text, seen.photo, seen.labels) for seen in ann.chat[-2:]] == [("May", PNG, ["Back"])] * 2
    assert [seen.message_id for seen in ann.chat[-2:]] == [october, words], "in place, not below"


async def test_words_in_place_of_a_picture_come_below_it(telegram: Telegram, ann: Person) -> None:
    await show(telegram, ann, Message("October", draw=lambda: PNG))
    await show(telegram, ann, Message("only words", edit="tapped"), tapped=ann.sees.message_id)
    assert (ann.sees.text, ann.sees.photo) == ("only words", None)
    assert ann.chat[-2].photo == PNG


async def test_too_many_words_for_a_picture_in_place_come_below_it(telegram: Telegram, ann: Person) -> None:
    await show(telegram, ann, Message("October", draw=lambda: PNG))
    before = len(ann.chat)
    long = Message("week " * 300, edit="tapped", draw=lambda: PNG)
    await show(telegram, ann, long, tapped=ann.sees.message_id)
    assert [seen.photo for seen in ann.chat[before:]] == [PNG, None]


async def test_a_file_comes_with_its_name_and_words(telegram: Telegram, ann: Person) -> None:
    await show(telegram, ann, Message("Your page", file=File("page.pdf", "Sorry"), draw=lambda: b"%PDF-1.7"))
    assert (ann.sees.text, ann.sees.document) == ("Your page", b"%PDF-1.7")
    assert ann.sees.body["document"]["file_name"] == "page.pdf"


async def test_a_file_that_cannot_be_made_is_owned_up_to(telegram: Telegram, ann: Person) -> None:
    def broken() -> bytes:
        raise MemoryError("no paper")

    await show(telegram, ann, Message("Here is your page", file=File("page.pdf", "I could not make it."), draw=broken))
    assert (ann.sees.text, ann.sees.document) == ("I could not make it.", None)


async def test_after_a_429_the_reply_waits_and_comes(telegram: Telegram, ann: Person) -> None:
    telegram.api.fail("sendMessage", status=429, retry_after=20)
    begun = telegram.clock.now()
    await show(telegram, ann, Message("patience"))
    assert ann.sees.text == "patience"
    assert telegram.clock.now() - begun >= timedelta(seconds=20)
    assert not [call for call in telegram.api.calls if call.status == 429][1:], "not asked again too early"


async def test_a_reply_of_unknown_fate_is_not_sent_twice(telegram: Telegram, ann: Person) -> None:
    before = len(ann.chat)
    telegram.api.fail("sendMessage", how="lose")
    await show(telegram, ann, Message("once"), Message("and on"))
    assert [seen.text for seen in ann.chat[before:]] == ["once", "and on"]


async def test_a_reply_to_somebody_who_has_gone_blocks_them(telegram: Telegram, ann: Person) -> None:
    telegram.api.fail("sendMessage", status=403, description="Forbidden: bot was blocked by the user")
    await show(telegram, ann, Message("a"), Message("b"))
    assert value(telegram, "SELECT state FROM users") == "blocked"


async def test_the_clock_is_told_what_became_of_it(telegram: Telegram, ann: Person) -> None:
    sender, reply = telegram.chat.sender, Reply((Message("card"),))
    assert await sender.deliver(ann.user_id, reply, in_time, owed) == ann.sees.message_id
    for status, how, trouble in (
        (403, "refuse", Gone),
        (400, "refuse", Refused),
        (429, "refuse", TryLater),
        (502, "refuse", Unknown),
        (200, "lose", Unknown),
    ):
        telegram.api.fail("sendMessage", status=status, how=how)  # type: ignore[arg-type]
        with pytest.raises(trouble):
            await sender.deliver(ann.user_id, reply, in_time, owed)
        telegram.clock.moves(2)  # the ban is over


async def test_what_became_too_late_while_it_waited_is_not_sent(telegram: Telegram, ann: Person) -> None:
    before = len(ann.chat)
    with pytest.raises(TryLater):
        await telegram.chat.sender.deliver(ann.user_id, Reply((Message("old"),)), too_late, owed)
    assert len(ann.chat) == before


async def test_an_edit_beside_a_prompt_may_fail(telegram: Telegram, ann: Person) -> None:
    telegram.api.fail("editMessageText", status=500)
    below = replace(Message("goes on below"), edit=ann.sees.message_id)
    assert await telegram.chat.sender.deliver(ann.user_id, Reply((below, Message("card"))), in_time, owed)
    assert ann.sees.text == "card"


async def test_who_has_deleted_everything_meanwhile_gets_no_second_message(telegram: Telegram, ann: Person) -> None:
    await telegram.chat.sender.deliver(ann.user_id, Reply((Message("first"), Message("second"))), in_time, owed_no_more)
    assert ann.sees.text == "first"
