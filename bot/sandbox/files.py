"""Files that were sent, by the bot or by people: kept in memory, found again by their id."""

from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO

from PIL import Image, UnidentifiedImageError

from bot.sandbox.refused import Refused, bad
from bot.sandbox.rules import Json

MEGABYTE = 1024 * 1024
MOST_UPLOAD = 50 * MEGABYTE
MOST_PHOTO = 10 * MEGABYTE
MOST_DOWNLOAD = 20 * MEGABYTE

ATTACHED = "attach://"


@dataclass(frozen=True)
class Upload:
    filename: str
    content: bytes
    mime: str


class Files:
    def __init__(self) -> None:
        self.uploads: dict[str, Upload] = {}
        self.bodies: dict[str, Json] = {}

    def get(self, file_id: str) -> Upload:
        """Return the file; raises KeyError for an id that was never given out."""
        return self.uploads[file_id]

    def keep(self, kind: str, upload: Upload, body: Json) -> Json:
        """Store the bytes and return `body` with what every file object of the Bot API has."""
        file_id = f"{kind}-{len(self.uploads) + 1}"
        self.uploads[file_id] = upload
        self.bodies[file_id] = {
            "file_id": file_id,
            "file_unique_id": f"u-{file_id}",
            "file_size": len(upload.content),
            **body,
        }
        return self.bodies[file_id]

    def photo(self, value: str, uploads: Mapping[str, Upload]) -> list[Json]:
        """Return the sizes of a photo, given as `attach://<part>` or as the id of an earlier one; raises Refused."""
        upload = attached(value, uploads)
        if upload is None:
            return [self.again(value, "photo")]
        if len(upload.content) > MOST_PHOTO:
            raise bad("file is too big for a photo")
        width, height = size_of(upload.content)
        return [self.keep("photo", upload, {"width": width, "height": height})]

    def document(self, value: str, uploads: Mapping[str, Upload]) -> Json:
        """Return a document, given as `attach://<part>` or as the id of an earlier one; raises Refused."""
        upload = attached(value, uploads)
        if upload is None:
            return self.again(value, "document")
        return self.keep("document", upload, {"file_name": upload.filename, "mime_type": upload.mime})

    def again(self, file_id: str, kind: str) -> Json:
        if file_id.startswith(("http://", "https://")):
            raise bad("failed to get HTTP URL content: the sandbox fetches nothing")
        if file_id not in self.bodies:
            raise bad("wrong remote file identifier specified: Wrong string length")
        if not file_id.startswith(f"{kind}-"):
            raise bad(f"can't use file of type {file_id.split('-')[0].title()} as {kind.title()}")
        return self.bodies[file_id]

    def info(self, file_id: str) -> Json:
        """Answer getFile; the path is the id itself. Raises Refused."""
        if file_id not in self.bodies:
            raise bad("wrong file_id or the file is temporarily unavailable")
        body = self.bodies[file_id]
        if body["file_size"] > MOST_DOWNLOAD:
            raise bad("file is too big")
        return {name: body[name] for name in ("file_id", "file_unique_id", "file_size")} | {"file_path": file_id}


def check_uploads(values: list[object], uploads: Mapping[str, Upload]) -> None:
    """Refuse files that are too big for Telegram, and parts that no parameter speaks of."""
    for name, upload in uploads.items():
        if len(upload.content) > MOST_UPLOAD:
            raise Refused(413, "Request Entity Too Large")
        if f"{ATTACHED}{name}" not in values:
            raise bad(f'the file "{name}" is attached, but no parameter refers to it')


def attached(value: str, uploads: Mapping[str, Upload]) -> Upload | None:
    """Return the upload that `attach://<part>` names, None where `value` is something else."""
    if not value.startswith(ATTACHED):
        return None
    upload = uploads.get(value.removeprefix(ATTACHED))
    if upload is None:
        raise bad(f'the file "{value.removeprefix(ATTACHED)}" is not attached')
    if not upload.content:
        raise bad("file must be non-empty")
    return upload


def size_of(content: bytes) -> tuple[int, int]:
    """Return width and height in pixels of a PNG or JPEG that can be shown; raises Refused."""
    try:
        with Image.open(BytesIO(content), formats=("PNG", "JPEG")) as image:
            width, height = image.size
            image.load()
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        raise bad("IMAGE_PROCESS_FAILED") from None
    if width + height > 10_000 or max(width, height) > 20 * min(width, height):
        raise bad("PHOTO_INVALID_DIMENSIONS")
    return width, height


def tiny_picture() -> bytes:
    """Return a small PNG, for people who send a photo."""
    out = BytesIO()
    Image.new("RGB", (64, 48), (120, 170, 210)).save(out, "PNG")
    return out.getvalue()
