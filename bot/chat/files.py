"""Files that people send: fetched from Telegram as far as they are not too big, and read off the event loop."""

import asyncio
from datetime import datetime

import structlog
from telegram import Bot, Document

from bot.domain.other_diaries import Table
from bot.domain.takeout import Mistake, Takeout
from bot.domain.upload import MOST, opened

log = structlog.get_logger()


async def fetched(bot: Bot, document: Document, sent_at: datetime) -> Takeout | Table | Mistake | None:
    """Return what is in a file, or why it cannot be brought in; None where Telegram does not hand it out."""
    if (document.file_size or 0) > MOST:
        return Mistake("too_big")
    try:
        file = await bot.get_file(document.file_id)
        if (file.file_size or 0) > MOST:
            return Mistake("too_big")
        content = bytes(await file.download_as_bytearray())
    except Exception as trouble:  # noqa: BLE001 - whatever it was, the person is asked to send it once more
        log.warning("file.not_fetched", trouble=type(trouble).__name__)
        return None
    return await asyncio.to_thread(opened, document.file_name or "", content, sent_at)
