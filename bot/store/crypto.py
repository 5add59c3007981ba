"""Everything a person said is sealed with AES-256-GCM before it reaches the database; the key lives in its own file.

The associated data names table, row and user, so a sealed value cannot be moved to another row or person. Where a
person has a secret (`store/secrets`), the key is made of the ring's and of it: without either nothing opens.
"""

import hmac
import os
import secrets
from base64 import b64decode, b64encode, urlsafe_b64encode
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from bot.store.disk import sync_folder

NONCE = 12
MOST = 255
"""A key's number is one byte in front of everything it has sealed."""

OWN = b"\0"
"""In front of the number: sealed with a person's own key. No key of the ring has the number 0."""

HEADER = (
    "# HeadsUp's key. Without it the diary cannot be read, not even from a backup.\n"
    "# Keep a copy of this file, apart from the backups.\n"
)


class KeyTrouble(Exception):
    """The key file is missing, unreadable or not the one the data was sealed with; the message says what to do."""


@dataclass(frozen=True)
class Keys:
    """A key ring: every key that may open, and the one that seals.

    `secret_of` returns a person's secret; None where they have none. `personal`: whoever has one has what they say
    sealed with a key of their own; what was sealed so is opened so in any case.
    """

    ring: Mapping[int, bytes] = field(repr=False)
    current: int
    secret_of: Callable[[int], bytes | None] = field(default=lambda user: None, repr=False, compare=False)
    personal: bool = field(default=False, repr=False, compare=False)


def make_keys(path: Path) -> Keys:
    """Write a new key file, readable by its owner only, and return its ring. Raises KeyTrouble when it cannot."""
    keys = Keys({1: secrets.token_bytes(32)}, 1)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _write(path, keys)
    except FileExistsError:
        raise KeyTrouble(f"[keys] file: cannot write {path}: it is there already") from None
    except OSError as trouble:
        with suppress(OSError):
            path.unlink()  # the disk may be full: half a key would be taken for one that was broken
        raise KeyTrouble(f"[keys] file: cannot write {path}: {trouble.strerror}") from None
    return keys


def add_key(path: Path, keys: Keys) -> Keys:
    """Make a new key, which seals from now on, and write it to the file beside the older ones. Raises KeyTrouble."""
    number = keys.current + 1
    if number > MOST:
        raise KeyTrouble(f"[keys] file: {path} has had {MOST} keys, more cannot be numbered")
    return _replace(path, Keys({**keys.ring, number: secrets.token_bytes(32)}, number))


def forget_old(path: Path, keys: Keys) -> Keys:
    """Leave only the key that seals in the file. Raises KeyTrouble."""
    return _replace(path, Keys({keys.current: keys.ring[keys.current]}, keys.current))


def _replace(path: Path, keys: Keys) -> Keys:
    """Put another ring in a key file's place, in one step: at every moment the file holds the one or the other."""
    real = path.resolve()
    part = real.with_name(f".{real.name}.part")
    try:
        part.unlink(missing_ok=True)
        _write(part, keys)
        owner = real.stat()
        with suppress(PermissionError):  # whoever starts the bot has to be able to read it, whoever runs this
            os.chown(part, owner.st_uid, owner.st_gid)
        part.replace(real)
        sync_folder(real.parent)
    except OSError as trouble:
        raise KeyTrouble(f"[keys] file: cannot write {path}: {trouble.strerror}; it is as it was") from None
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)
    return keys


def _write(path: Path, keys: Keys) -> None:
    """Write a key file where there is none, down to the disk."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
        file.write(HEADER + "".join(f"{number} {b64encode(key).decode()}\n" for number, key in keys.ring.items()))
        file.flush()
        os.fsync(file.fileno())


def load_keys(path: Path) -> Keys:
    """Read a key file: one `number base64` line a key, the last one seals. Raises KeyTrouble with what to do."""
    try:
        lines = [line.split() for line in path.read_text("ascii").splitlines() if line and not line.startswith("#")]
        ring = {int(number): b64decode(key, validate=True) for number, key in lines}
    except FileNotFoundError:
        raise KeyTrouble(
            f"[keys] file: {path} is missing; put the copy back that was made with this database"
        ) from None
    except OSError as trouble:
        raise KeyTrouble(f"[keys] file: cannot read {path}: {trouble.strerror}; let the bot read it") from None
    except ValueError:
        raise KeyTrouble(f"[keys] file: {path} is not a HeadsUp key file; put the right one back") from None
    if not ring or any(len(key) != 32 or not 0 < number <= MOST for number, key in ring.items()):
        raise KeyTrouble(f"[keys] file: {path} is not a HeadsUp key file; put the right one back")
    return Keys(ring, max(ring))


def derived(keys: Keys, purpose: str) -> str:
    """Return a secret of its own for a purpose, the same for everybody who has the key file: 43 letters, digits, - or
    _, from HMAC-SHA256 (RFC 2104) under the present key."""
    return urlsafe_b64encode(hmac.digest(keys.ring[keys.current], purpose.encode(), "sha256")).decode().rstrip("=")


def seal(keys: Keys, text: str, *, table: str, key: object, user: int) -> bytes:
    """Return `head`, nonce and ciphertext as one blob."""
    nonce = secrets.token_bytes(NONCE)
    cipher = _cipher(keys.ring[keys.current], _sealing_secret(keys, user))
    return head(keys, user) + nonce + cipher.encrypt(nonce, text.encode(), _place(table, key, user))


def unseal(keys: Keys, sealed: bytes, *, table: str, key: object, user: int) -> str:
    """Return the text. Raises KeyTrouble when the key is another one or the value was moved or altered."""
    try:
        secret = keys.secret_of(user) if is_own(sealed) else None
        number, nonce, rest = _parts(sealed if secret is None else sealed[len(OWN) :])
        return _cipher(keys.ring[number], secret).decrypt(nonce, rest, _place(table, key, user)).decode()
    except (KeyError, IndexError, ValueError, InvalidTag):
        raise KeyTrouble(
            f"[keys] file: a value in {table} does not open with this key; put the key of this database back, "
            "or where it is damaged a backup with headsup restore FILE"
        ) from None


def head(keys: Keys, user: int) -> bytes:
    """Return what begins whatever is sealed of this person now: the key's number, OWN before it where it is theirs."""
    return (OWN if _sealing_secret(keys, user) else b"") + bytes([keys.current])


def is_own(sealed: bytes) -> bool:
    """Tell whether a value opens with its person's own key only."""
    return sealed.startswith(OWN)


def _sealing_secret(keys: Keys, user: int) -> bytes | None:
    return keys.secret_of(user) if keys.personal else None


def _parts(sealed: bytes) -> tuple[int, bytes, bytes]:
    return sealed[0], sealed[1 : 1 + NONCE], sealed[1 + NONCE :]


@lru_cache(maxsize=1000)
def _cipher(key: bytes, secret: bytes | None) -> AESGCM:
    """Return the cipher of a key of the ring; with a person's secret as the salt, that of the key made of both (HKDF
    with SHA-256, RFC 5869)."""
    own = HKDF(SHA256(), 32, salt=secret, info=b"headsup person").derive(key) if secret else key
    return AESGCM(own)


def _place(table: str, key: object, user: int) -> bytes:
    return f"{table}\0{key}\0{user}".encode()
