"""The catalogues: each text has a translation that says as much, and `make texts` keeps them so."""

import re
import shutil
from collections import Counter
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

from bot.texts.words import LANGUAGES
from tools import texts

FOLDER = texts.ROOT / "bot" / "texts"
TRANSLATED = sorted(LANGUAGES - {"en"})

KEPT = (r"\{[^}]*\}", r"</?[a-z-]+>", r"(?<![\w/])/[a-z]+\b", r"https?://\S+|findahelpline\.com")
"""What a translation keeps as it is: places, markup, commands, addresses."""

languages = pytest.mark.parametrize("language", TRANSLATED)


def catalogue(language: str) -> Catalog:
    with (FOLDER / f"{language}.po").open("rb") as po:
        return read_po(po, locale=language)


def forms(said: object) -> list[str]:
    return [said] if isinstance(said, str) else [str(form) for form in said or ()]  # type: ignore[attr-defined]


def numbers(text: str) -> Counter[str]:
    """Count the figures of a text; a comma and a point are the same in different languages."""
    return Counter(re.findall(r"\d+(?:[:.,]\d+)*", re.sub(r"(?<=\d)[.,](?=\d)", "", text)))


def texts_of(language: str) -> list[Message]:
    return [message for message in catalogue(language) if message.id]


@languages
def test_every_text_is_translated(language: str) -> None:
    known, said = catalogue(language), texts.gathered()
    without = [str(message.id) for message in said if message.id and known.get(message.id) is None]
    assert without == [], "run `make texts` and translate these"
    assert [message.id for message in texts.missing(known)] == [], "translate these, or take “fuzzy” away"


@languages
def test_nothing_is_translated_that_nobody_says(language: str) -> None:
    said = texts.gathered()
    assert [message.id for message in texts_of(language) if said.get(message.id) is None] == [], "run `make texts`"


@languages
def test_places_markup_and_commands_are_kept(language: str) -> None:
    for message in texts_of(language):
        english = forms(message.id)
        for form in forms(message.string):
            for pattern in KEPT:
                wanted = {frozenset(Counter(re.findall(pattern, each)).items()) for each in english}
                assert frozenset(Counter(re.findall(pattern, form)).items()) in wanted, (message.id, form)
            assert form == form.strip(), form
            assert form.count("\n") == english[0].count("\n"), form


@languages
def test_a_label_of_a_scale_begins_with_its_value(language: str) -> None:
    for message in texts_of(language):
        if isinstance(message.id, str) and (value := re.match(r"\d+ · ", message.id)):
            assert forms(message.string)[0].startswith(value[0]), message.id


@languages
def test_every_figure_is_kept(language: str) -> None:
    """Limits, weeks, days: "5 minutes" must not become "15"."""
    clock = re.compile(r"\d (?:am|pm|PM)\b|15:00 or 3 pm")
    for message in texts_of(language):
        english = forms(message.id)[-1]
        if not clock.search(english):
            assert numbers(forms(message.string)[-1]) == numbers(english), (english, message.string)


def test_a_text_is_found_where_it_is_said() -> None:
    said = texts.gathered()
    assert said["Settings"].locations[0][0] == "bot/render/settings.py", "inside an f-string"
    assert said["That list is not kept here any more. /warning shows the signs."], "a sentence with a name"
    assert said["Saved for {day}"], "one of two"
    assert said["Saved"], "the other of two"
    assert said["{n} day"].id == ("{n} day", "{n} days")
    assert said["Carrying a bag? Swap sides, or use both straps."], "a tip"
    assert said["Stanyer 2023"], "what a tip rests on"


def test_words_that_cannot_be_found_are_told() -> None:
    with pytest.raises(ValueError, match="line 2: the words of words\\[key\\] cannot be found"):
        list(texts.said_in("from bot import t\nt(words[key])\n"))


def test_translations_stay_and_what_is_new_or_changed_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copy(FOLDER / "de.po", tmp_path / "de.po")
    left = texts.main(tmp_path)
    once = (tmp_path / "de.po").read_bytes()
    texts.main(tmp_path)
    assert (tmp_path / "de.po").read_bytes() == once, "a second time changes nothing"

    kept = (
        once.decode().replace('msgid "Settings"', 'msgid "Your settings"').replace('msgstr "Rückgängig"', 'msgstr ""')
    )
    (tmp_path / "de.po").write_text(kept, encoding="utf-8")
    capsys.readouterr()
    assert texts.main(tmp_path) == left + 2
    told = capsys.readouterr().out
    assert "missing: bot/render/checkin.py: 'Undo'" in told
    assert "fuzzy: bot/render/settings.py: 'Settings'" in told
    assert "Your settings" not in (tmp_path / "de.po").read_text(encoding="utf-8")
