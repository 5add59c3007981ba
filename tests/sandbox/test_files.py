"""Pictures and documents: checked when they come, found again by their id."""

import pytest
from telegram import Bot
from telegram.error import InvalidToken

from bot.sandbox.botapi import BotApi, Upload
from bot.sandbox.files import MEGABYTE

from .conftest import ANN, picture, refused


async def test_a_document_comes_back_byte_for_byte(bot: Bot, api: BotApi) -> None:
    sent = await bot.send_document(ANN, b"day,headache\n", filename="diary.csv", caption="Your diary")
    assert (sent.document.file_name, sent.document.mime_type) == ("diary.csv", "text/csv")
    file = await bot.get_file(sent.document.file_id)
    assert await file.download_as_bytearray() == b"day,headache\n"
    assert api.file(sent.document.file_id).filename == "diary.csv"
    with pytest.raises(InvalidToken):
        await bot.request.retrieve(f"https://api.telegram.org/file/bot{api.token}/document-99")


async def test_a_photo_is_sent_again_by_its_id(bot: Bot, api: BotApi, png: bytes) -> None:
    sent = await bot.send_photo(ANN, picture("JPEG", 60, 40))
    again = await bot.send_photo(ANN, sent.photo[-1].file_id)
    assert again.photo == sent.photo
    assert api.file(sent.photo[-1].file_id).content == picture("JPEG", 60, 40)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"not a picture", "Image_process_failed"),
        (picture("PNG", 30, 20)[:60], "Image_process_failed"),
        (picture("GIF", 30, 20), "Image_process_failed"),
        (picture("PNG", 1, 21), "Photo_invalid_dimensions"),
        (picture("PNG", 9000, 1001), "Photo_invalid_dimensions"),
        (b"\x89PNG" + bytes(10 * MEGABYTE), "File is too big for a photo"),
        (b"", "File must be non-empty"),
    ],
    ids=["text", "cut short", "gif", "too thin", "too large", "too many bytes", "empty"],
)
async def test_only_a_picture_is_a_photo(bot: Bot, content: bytes, reason: str) -> None:
    with refused(reason):
        await bot.send_photo(ANN, content)


async def test_ids_and_addresses_that_lead_nowhere(bot: Bot, png: bytes) -> None:
    document = (await bot.send_document(ANN, png, filename="a.png")).document.file_id
    for photo, reason in (
        ("nothing", "wrong remote file identifier"),
        ("https://a.example/a.png", "failed to get HTTP URL content"),
        (document, "can't use file of type Document as Photo"),
        ("attach://nothing", "is not attached"),
    ):
        with refused(reason):
            await bot.send_photo(ANN, photo)
    with refused("wrong file_id"):
        await bot.get_file("nothing")


async def test_sizes_have_an_end(bot: Bot, api: BotApi) -> None:
    large = await bot.send_document(ANN, bytes(20 * MEGABYTE + 1), filename="large.bin")
    with refused("file is too big"):
        await bot.get_file(large.document.file_id)
    huge = {"document": Upload("huge.bin", bytes(50 * MEGABYTE + 1), "application/octet-stream")}
    status, _ = await api.call(api.token, "sendDocument", {"chat_id": ANN}, huge)
    assert status == 413


async def test_a_file_that_nothing_refers_to_is_a_slip(api: BotApi, png: bytes) -> None:
    stray = {"photo": Upload("a.png", png, "image/png")}
    status, body = await api.call(api.token, "sendMessage", {"chat_id": ANN, "text": "Look"}, stray)
    assert status == 400
    assert 'the file "photo" is attached' in str(body["description"])
