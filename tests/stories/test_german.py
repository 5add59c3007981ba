"""A German first day, week and twelve weeks: no English word is left, no label is cut, each example is understood."""

import re
from collections.abc import Iterator
from datetime import date, timedelta

import pytest

from bot.render import menu
from bot.sandbox.person import Person, Seen
from bot.texts.words import texts_for
from tests.conftest import Telegram
from tests.stories.conftest import answers, berlin, value
from tests.stories.test_report import BAD, FINE, lived, text_of
from tests.texts.test_catalogues import forms, texts_of
from tests.texts.test_labels import cut

T = texts_for("de")


def words(text: str) -> set[str]:
    """Return the words of a text, without commands, addresses and the names of files."""
    plain = re.sub(r"/[a-z]+\b|\S*\.\S+|\{[^}]*\}|<[^>]*>|@\w+", " ", text)
    return {word.lower() for word in re.findall(r"[^\W\d_]{2,}", plain)}


CATALOGUE = texts_of("de")
SAID = " ".join(form for one in CATALOGUE for form in forms(one.string))
DATED = " ".join(T.weekday(date(2026, 3, 2) + timedelta(days=day)) for day in range(7))
ENGLISH = {word for one in CATALOGUE for form in forms(one.id) for word in words(form)} - words(f"{SAID} {DATED}")
"""Words that the English texts have and the German ones do not."""


class Listener:
    """Someone who reads German, and all that the bot has shown them."""

    def __init__(self, telegram: Telegram) -> None:
        self.seen: dict[str, Seen] = {}
        self.said: set[str] = set()
        self.telegram = telegram
        self.person = Person(telegram.api, 1001, "Anna", language="de", settle=self.listen)

    async def listen(self) -> None:
        await self.telegram.settle()
        self.look()

    def look(self) -> None:
        for seen in self.person.chat:
            if seen.from_bot:
                self.said |= {seen.text, *seen.labels, *(key for row in seen.keys for key in row)}
                for row in seen.buttons:
                    assert cut([label for label in row if "…" not in label]) == []
        self.said |= {toast for toast in self.telegram.api.toasts(self.person.user_id) if toast}

    def english(self) -> list[tuple[str, set[str]]]:
        return [(text, found) for text in sorted(self.said) if (found := words(text) & ENGLISH)]


@pytest.fixture
async def german(telegram: Telegram) -> Listener:
    """Anna, whose Telegram is German, after the welcome: card at 20:00, three reminders a day."""
    german = Listener(telegram)
    anna = german.person
    await anna.says("/start")
    await anna.taps("Ja, und ich bin 16 oder älter")
    assert "Wo lebst du?" in anna.sees.text
    await anna.says("Berlin")
    await anna.taps("20:00")
    await anna.taps("Drei am Tag")
    return german


def test_there_are_words_to_tell_the_languages_apart() -> None:
    assert {"the", "your", "headache", "yesterday", "skip", "is"} <= ENGLISH
    assert not {"kopf", "heute", "in", "an"} & ENGLISH


async def test_the_first_day(telegram: Telegram, german: Listener) -> None:
    anna = german.person
    assert value(telegram, "SELECT language FROM users") == "de"
    await anna.says("/checkin")
    assert anna.sees.text.startswith("Mo., 2. März · Frage 1 von 5")
    for label in ("6", "3", "7–8 h", "2 · schlecht", "4 · gut", "2 bis 4 h"):
        await anna.taps(label)
    await anna.taps("Pochend oder hämmernd")
    await anna.taps("Fertig")
    await anna.taps("Etwas, weniger geschafft")
    await anna.taps("Unterer Rücken")
    await anna.taps("Fertig")
    await anna.taps("Ibuprofen, ASS")
    await anna.taps("Fertig")
    assert "Gespeichert für Mo., 2. März." in anna.sees.text
    await anna.taps("Notiz hinzufügen")
    await anna.says("Regen den ganzen Tag")
    await anna.taps("Antwort ändern")
    await anna.taps("Zurück zur Karte")
    for command, _ in menu.commands(T):
        await anna.says(f"/{command}")
    await anna.says("/unbekannt")
    await anna.sends("sticker")
    assert german.english() == []


async def test_what_is_typed(telegram: Telegram, german: Listener) -> None:
    anna = german.person
    await anna.says("Kopf 6, Rücken 3, geschlafen 7,5, Haltung 4")
    assert "Verstanden: Kopfschmerz 6 · Rücken 3 · Schlaf 7,5 h · Haltung 4 von 5." in anna.sees.text
    await anna.says("gestern: alles gut")
    assert [day for day, _ in answers(telegram, anna)] == ["2026-03-01", "2026-03-02"]
    for odd in (
        "Kopf 6, Wetter 3",
        "Kopf 11",
        "am 3.3.: Kopf 6",
        "Kopf 0 für 3 Stunden",
        "hallo",
        "Rücken 4 unten links",
    ):
        await anna.says(odd)
    for reminder in (
        "Haltung werktags 10:00 13:00 16:30",
        "Wasser alle 2 Stunden 9-17",
        "Physio anrufen nur morgen 9:00",
    ):
        await anna.says(f"/remind {reminder}")
        assert "Eingestellt. Als Nächstes:" in anna.sees.text, reminder
    assert "Di" in anna.sees.text
    for odd in ("Haltung 25 Uhr", "Wasser freitag 9 Uhr", "um 3", "Haltung"):
        await anna.says(f"/remind {odd}")
    await anna.says("/pause bis Freitag")
    assert anna.sees.text.startswith("Pause bis Fr., 6. März")
    await anna.says("/resume")
    await anna.says("/attack seit 11:00")
    assert "11:00" in anna.sees.text
    await anna.says("/attack vorbei 12:30")
    assert "Vorbei. 11:00 bis 12:30." in "".join(german.said)
    await anna.says("/visit")
    await anna.says("14. Mai 10:30, Neurologie")
    assert "Do., 14. Mai" in anna.sees.text
    await anna.says("/log")
    await anna.taps("Massage")
    await anna.taps("Anderer Tag")
    await anna.says("gestern")
    assert "Notiert für So., 1. März (gestern): Massage." in "".join(german.said)
    await anna.taps("Anderer Tag")
    await anna.says("20. Februar")
    assert "Notiert für Fr., 20. Feb: Massage." in "".join(german.said)
    await anna.says("/settings")
    await anna.taps("Ruhezeit ändern")
    await anna.taps("Andere eintippen")
    await anna.says("werktags 22-7, Wochenende 23:30-10")
    assert anna.sees.text == "Ruhezeit: Mo, Di, Mi, Do, Fr 22:00–07:00; Sa, So 23:30–10:00."
    assert german.english() == []


async def test_words_that_need_help(telegram: Telegram, german: Listener) -> None:
    anna = german.person
    await anna.says("die schlimmsten Kopfschmerzen meines Lebens")
    assert "Bitte sieh nach" in "".join(german.said)
    await anna.says("ich will nicht mehr leben")
    assert "Bitte wende dich jetzt an einen Menschen." in "".join(german.said)
    await anna.says("/warning")
    await anna.taps("Kopf prüfen")
    await anna.taps("Ohnmacht oder Krampfanfall")
    assert "Bitte hol dir jetzt Hilfe." in "".join(german.said)
    assert german.english() == []


async def test_twelve_weeks(telegram: Telegram, german: Listener) -> None:
    anna = german.person
    lived(telegram, anna, {ago: BAD if ago % 5 == 0 else FINE for ago in range(1, 85)})
    for command in ("summary", "patterns", "history", "report"):
        await anna.says(f"/{command}")
    await anna.says("/summary 28")
    await anna.taps("90 Tage")
    await anna.says("/patterns")
    await anna.taps("Wie wird das berechnet?")
    await anna.says("/report")
    assert anna.sees.text.startswith("Eine Seite für die Arztpraxis\n8. Dez. 2025 bis 1. März 2026.")
    await anna.taps("Dazu eine Seite mit jedem Tag")
    await anna.taps("Die Seite erstellen")
    first, second = text_of(anna.sees.document)
    assert "Kopf- und Rückenschmerztagebuch" in first
    assert "Rückenschmerztage" in first
    assert re.search(r"^Mo\., 5\. Jan ", second, re.M)
    assert [word for page in (first, second) for word in sorted(words(page) & ENGLISH)] == []
    assert german.english() == []


async def test_a_week_of_what_the_clock_sends(telegram: Telegram, german: Listener) -> None:
    anna = german.person
    lived(telegram, anna, {ago: BAD if ago % 3 == 0 else FINE for ago in range(1, 8)})
    await telegram.waits(until=berlin(9, 21), beat=timedelta(minutes=15))
    german.look()
    assert any(text.startswith("Deine Woche, ") for text in german.said)
    assert any("Frage 1 von 5" in text for text in german.said)
    await anna.taps("Mehr")
    await anna.taps("Warum das?")
    await anna.taps("Hat geholfen")
    assert german.english() == []


def every_example(texts: tuple[str, ...]) -> Iterator[str]:
    for text in texts:
        yield T(text)


async def test_every_example_of_a_reminder_is_understood(telegram: Telegram, german: Listener) -> None:
    anna = german.person
    for example in every_example(
        (
            "/remind posture weekdays 10:00 13:00 16:30",
            "/remind water every 2 hours 9-17",
            "/remind take the stairs at 15:00",
            "/remind call the physio tomorrow only 9:00",
        )
    ):
        await anna.says(example)
        assert "Eingestellt. Als Nächstes:" in anna.sees.text, example
    assert german.english() == []


async def test_deutsch_is_one_button_away(telegram: Telegram, ann: Person) -> None:
    await ann.says("/settings")
    await ann.taps("Language and clock")
    await ann.taps("Deutsch, 20:00")
    assert ann.sees.text == "Von jetzt an: Deutsch, 20:00."
    await ann.says("/checkin")
    assert "Frage 1 von 5" in ann.sees.text


async def test_the_menu_comes_in_german_where_telegram_is(telegram: Telegram) -> None:
    profile = telegram.api.profile
    assert {one["command"]: one["description"] for one in profile.menu("de")} == dict(menu.commands(T))
    assert profile.menu("en")[0]["description"] == "Today’s card"
    assert profile.menu("fr")[0]["description"] == "Today’s card"
    assert profile.get("description", "de") == menu.description(T)
    assert profile.get("short_description", "de") == menu.short_description(T)
