"""A file of lines, compressed and sealed with the key, of which no part can be left out, moved or cut off unnoticed.

A file is a header (what it is, the key's number, a salt) and frames of AES-256-GCM. A frame's nonce is its number and
whether it is the last (the STREAM construction, Hoang, Reyhanitabar, Rogaway, Vizár 2015).
"""

import json
import secrets
import zlib
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from bot.store.crypto import Keys

MAGIC = b"HEADSUP BACKUP 1\n"
SALT = 16
FRAME = 64 * 1024


class BackupTrouble(Exception):
    """The file is no backup of ours, is damaged, or does not fit this key or version; the message says which."""


class SealedLines:
    """Writes lines, compressed and sealed frame by frame."""

    def __init__(self, out: IO[bytes], keys: Keys) -> None:
        self._out = out
        header = MAGIC + bytes([keys.current]) + secrets.token_bytes(SALT)
        out.write(header)
        self._header = header
        self._cipher = _cipher(keys.ring[keys.current], header)
        self._packer = zlib.compressobj(6)
        self._plain = bytearray()
        self._number = 0

    def write(self, line: object) -> None:
        self._plain += self._packer.compress(as_line(line))
        while len(self._plain) > FRAME:
            self._seal(bytes(self._plain[:FRAME]), last=False)
            del self._plain[:FRAME]

    def end(self) -> None:
        self._plain += self._packer.flush()
        while len(self._plain) > FRAME:
            self._seal(bytes(self._plain[:FRAME]), last=False)
            del self._plain[:FRAME]
        self._seal(bytes(self._plain), last=True)

    def _seal(self, plain: bytes, *, last: bool) -> None:
        sealed = self._cipher.encrypt(_nonce(self._number, last), plain, self._header)
        self._out.write(len(sealed).to_bytes(4, "big") + sealed)
        self._number += 1


def as_line(value: object) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode() + b"\n"


def unsealed(source: IO[bytes], keys: Keys, file: Path) -> Iterator[bytes]:
    """Yield the lines, each with its line end. Raises BackupTrouble."""
    header = source.read(len(MAGIC) + 1 + SALT)
    if not header.startswith(MAGIC) or len(header) != len(MAGIC) + 1 + SALT:
        raise BackupTrouble(f"{file}: is no HeadsUp backup")
    key = keys.ring.get(header[len(MAGIC)])
    if key is None:
        raise BackupTrouble(f"{file}: was made with another key; put that key back first")
    cipher, unpacker = _cipher(key, header), zlib.decompressobj()
    number, last, rest = 0, False, b""
    while not last:
        length = source.read(4)
        sealed = source.read(int.from_bytes(length, "big")) if len(length) == 4 else b""
        for last in (False, True):
            with suppress(InvalidTag):
                rest += unpacker.decompress(cipher.decrypt(_nonce(number, last), sealed, header))
                break
        else:
            why = "was made with another key, or is damaged" if number == 0 else "is damaged or cut short"
            raise BackupTrouble(f"{file}: {why}; take another backup")
        number += 1
        *lines, rest = rest.split(b"\n")
        yield from (line + b"\n" for line in lines)
    if source.read(1) or rest:
        raise BackupTrouble(f"{file}: is damaged; take another backup")


def key_number(file: Path) -> int | None:
    """Return the number of the key a backup was made with; None where it is no backup. Raises OSError."""
    with file.open("rb") as source:
        header = source.read(len(MAGIC) + 1)
    return header[-1] if header.startswith(MAGIC) and len(header) > len(MAGIC) else None


def _cipher(key: bytes, header: bytes) -> AESGCM:
    return AESGCM(HKDF(SHA256(), 32, salt=header[-SALT:], info=b"headsup backups").derive(key))


def _nonce(number: int, last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([last])
