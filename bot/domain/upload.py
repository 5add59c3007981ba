"""A file that somebody sent, opened with distrust: a ZIP with a diary in it, the diary itself, or a table."""

import zlib
from datetime import datetime
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile

from bot.domain.other_diaries import Table, read_table
from bot.domain.takeout import Mistake, Takeout, read

MEGABYTE = 1024 * 1024
MOST, MOST_OF_TABLE = 20 * MEGABYTE, 5 * MEGABYTE
"""Bytes of a file as it is sent, and of a diary as it is unpacked; Telegram hands out no more. Ten years are half."""

DOCUMENT = "headsup.json"
ZIP, TABLE = b"PK", ".csv"


def opened(name: str, content: bytes, now: datetime) -> Takeout | Table | Mistake:
    """Return what is in a file of this name, or why it cannot be brought in."""
    is_table = name.lower().endswith(TABLE)
    if len(content) > (MOST_OF_TABLE if is_table else MOST):
        return Mistake("too_big")
    if is_table:
        return read_table(content, now)
    found = _unpacked(content) if content.startswith(ZIP) else content
    return found if isinstance(found, Mistake) else read(found, now)


def _unpacked(content: bytes) -> bytes | Mistake:
    """Return the diary in a ZIP. Whatever it says of its size, no more is unpacked than a diary may have."""
    try:
        with ZipFile(BytesIO(content)) as packed:
            entry = packed.getinfo(DOCUMENT)
            if entry.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
                return Mistake("no_diary")
            with packed.open(entry) as file:
                found = file.read(MOST + 1)
    except (BadZipFile, KeyError, RuntimeError, NotImplementedError, ValueError, EOFError, OSError, zlib.error):
        return Mistake("no_diary")
    return Mistake("too_big") if len(found) > MOST else found
