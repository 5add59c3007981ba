"""An export: what is said before it goes out, and the ZIP itself."""

from collections.abc import Iterator
from datetime import date, datetime
from io import BytesIO
from uuid import UUID
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from bot.domain import fhir
from bot.domain.days_csv import as_csv, columns, rows
from bot.domain.takeout import Takeout
from bot.render.export_words import dictionary, labels, readme
from bot.render.message import Button, File, Message
from bot.render.message import rows as lines
from bot.texts.words import Texts


def ask(t: Texts, number: int) -> Message:
    """Say what a file of health data means before it is made; `number` is that of the offer."""
    return Message(
        "\n\n".join(
            (
                f"<b>{t('Everything about you, in one file')}</b>",
                t(
                    "A ZIP with your whole diary: as a table, for another HeadsUp, and for a clinic’s computer. I put "
                    "no name into it."
                ),
                t(
                    "The file is not encrypted, and it is health data. It comes into this chat, and stays in it until "
                    "you delete it here. Save it where only you can open it."
                ),
            )
        ),
        lines([Button(t("Send it"), f"export:{number}")], [Button(t("Not now"), "no_export")]),
    )


def comes_below(t: Texts) -> Message:
    return Message(t("Here it comes. /export makes a new one any time."), edit="tapped")


def not_now(t: Texts) -> Message:
    return Message(t("No file was made. /export makes one any time."), edit="tapped")


def file(t: Texts, diary: Takeout, today: date, patient: UUID) -> Message:
    """Return the message that carries the ZIP. The same diary at the same instant is the same file, byte for byte."""
    counted = t.many("{n} day with a card", "{n} days with a card", len(diary.checkins))
    return Message(
        f"{t('Your diary: {days}.', days=counted)} "
        + t("Not encrypted: save it where only you can open it, then delete it from this chat."),
        draw=lambda: archive(t, diary, today, patient),
        file=File(
            f"headsup-{today.isoformat()}.zip", t("The file could not be made just now. Please send /export once more.")
        ),
    )


def archive(t: Texts, diary: Takeout, today: date, patient: UUID) -> bytes:
    out = BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as packed:
        for name, content in _files(t, diary, today, patient):
            packed.writestr(_entry(name, diary.exported_at), content)
    return out.getvalue()


def _files(t: Texts, diary: Takeout, today: date, patient: UUID) -> Iterator[tuple[str, bytes]]:
    names = columns(diary)
    yield "README.txt", f"{readme(t, today.isoformat())}\n".encode()
    yield "headsup.json", diary.as_json()
    yield "days.csv", as_csv(names, rows(diary, today))
    yield "dictionary.csv", as_csv(("column", "meaning"), dictionary(t, names))
    yield "fhir.json", fhir.bundle(diary, patient, labels(t))


def _entry(name: str, at: datetime) -> ZipInfo:
    """Return an entry dated by the export, in UTC; a ZIP knows even seconds and no zone."""
    entry = ZipInfo(name, at.timetuple()[:6])
    entry.compress_type = ZIP_DEFLATED
    entry.create_system = 3  # Unix, whatever machine made it
    entry.external_attr = 0o600 << 16
    return entry
