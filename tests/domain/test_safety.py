"""Words that may need help at once are heard, everyday words are not."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.safety import Concern, heard


@pytest.mark.parametrize(
    "text",
    [
        *("I want to die", "thinking about suicide", "i might hurt myself", "better off without me", "end it all"),
        *("I don't want to be here anymore", "I don’t want to be here anymore", "i wish to not wake up"),
        *("I don't want to kill myself", "not suicidal", "SELF HARM", "headache 6 and I want\nto die"),
    ],
)
def test_self_harm_is_heard_even_where_it_is_denied(text: str) -> None:
    assert heard(text) == "self_harm"


@pytest.mark.parametrize("text", ["can't go on like this", "I cannot take this anymore", "feeling hopeless"])
def test_distress(text: str) -> None:
    assert heard(text) == "distress"


@pytest.mark.parametrize(
    ("text", "concern"),
    [
        ("worst headache of my life", "head"),
        ("it came out of nowhere, my head", "head"),
        ("slurred speech this morning", "head"),
        ("fever and a stiff neck", "head"),
        ("I fainted in the shop", "head"),
        ("hit my head on the shelf", "head"),
        ("left arm went numb", "head"),
        ("seeing double since noon", "head"),
        ("numb between my legs", "back"),
        ("trouble peeing since yesterday", "back"),
        ("both legs feel weak", "back"),
        ("I wet myself", "back"),
        ("can't feel my bottom", "back"),
    ],
)
def test_signs_in_the_body(text: str, concern: Concern) -> None:
    assert heard(text) == concern


@pytest.mark.parametrize(
    "text",
    [
        *("this headache is killing me", "my phone died", "dead tired today", "cut my finger cooking"),
        *("I could kill for a coffee", "the deadline is killing me", "I take it all with water"),
        *("we can go on Monday", "no fever, stiff neck from the gym", "mild headache", "numb with boredom"),
        *("I can talk to my doctor on Monday", "legs tired after the run", "numb hand", "numb", ""),
        *("I can't feel any difference today", "never fainted", "I have not passed out", "headache 6, back 3"),
    ],
)
def test_everyday_words_are_not_heard(text: str) -> None:
    assert heard(text) is None


@given(st.text(max_size=300))
def test_any_text_may_be_listened_to(text: str) -> None:
    assert heard(text) in (None, "self_harm", "distress", "head", "back")


@pytest.mark.parametrize(
    "text",
    [
        *("no " * 333, "numb " * 200, "head " * 200, " " * 1000, "can't " * 160),
        *("kopf " * 200, "taub " * 200, "ich kann " * 110, "nicht mehr " * 90, "will mich selbst " * 60),
    ],
)
def test_a_long_text_is_read_quickly(text: str) -> None:
    began = time.thread_time()
    heard(text)
    assert time.thread_time() - began < 0.1


@pytest.mark.parametrize(
    "text",
    [
        *("Ich will sterben", "ich denke an Suizid", "Selbstmordgedanken", "ich bringe mich um", "mich umbringen"),
        *("ich möchte nicht mehr aufwachen", "Ich will nicht mehr leben", "wäre ich doch tot", "mir etwas antun"),
        *("ich könnte mir was antun", "ohne mich besser dran", "allem ein Ende setzen", "bin lebensmüde"),
        *("Ich will mich nicht umbringen", "keine Suizidgedanken", "SELBSTVERLETZUNG", "Kopf 6 und ich will\nsterben"),
        *("ich habe mich selbst verletzt", "möchte am liebsten tot sein", "mir das Leben nehmen", "ich ritze mich"),
    ],
)
def test_self_harm_in_german(text: str) -> None:
    assert heard(text) == "self_harm"


@pytest.mark.parametrize(
    "text",
    [
        *("Ich kann nicht mehr", "ich kann nicht mehr weiter", "Ich halte das nicht mehr aus", "es ist hoffnungslos"),
        *("kann die Schmerzen nicht länger ertragen", "es hat keinen Sinn mehr", "so kann es so nicht weitergehen"),
    ],
)
def test_distress_in_german(text: str) -> None:
    assert heard(text) == "distress"


@pytest.mark.parametrize(
    ("text", "concern"),
    [
        ("die schlimmsten Kopfschmerzen meines Lebens", "head"),
        ("Donnerschlagkopfschmerz", "head"),
        ("plötzlich ganz starke Kopfschmerzen", "head"),
        ("Kopfschmerzen aus heiterem Himmel", "head"),
        ("mein Mundwinkel hängt", "head"),
        ("ich lalle seit heute früh", "head"),
        ("kann kaum sprechen", "head"),
        ("sehe seit Mittag alles doppelt", "head"),
        ("Fieber und steifer Nacken", "head"),
        ("bin im Laden ohnmächtig geworden", "head"),
        ("hatte einen Krampfanfall", "head"),
        ("hab mir den Kopf am Regal gestoßen", "head"),
        ("linker Arm ist plötzlich taub", "head"),
        ("taub zwischen den Beinen", "back"),
        ("mein Po ist ganz taub", "back"),
        ("kein Gefühl im Intimbereich", "back"),
        ("Probleme beim Wasserlassen seit gestern", "back"),
        ("kann nicht mehr pinkeln", "back"),
        ("beide Beine sind schwach", "back"),
        ("hab in die Hose gemacht", "back"),
        ("mein Fuß wird immer schwächer", "back"),
        ("mein Fuss wird immer schwaecher", "back"),
        ("ohnma\u0308chtig geworden", "head"),
        ("keine Kontrolle über die Blase", "back"),
    ],
)
def test_signs_in_the_body_in_german(text: str, concern: Concern) -> None:
    assert heard(text) == concern


@pytest.mark.parametrize(
    "text",
    [
        *("der Kopfschmerz bringt mich um", "mein Akku ist tot", "todmüde heute", "in den Finger geschnitten"),
        *("ich kann nicht mehr lange sitzen", "kein Fieber, steifer Nacken vom Sport", "Kopf 6, Rücken 3"),
        *(
            "kann den Arzt erst Montag sprechen",
            "Beine müde nach dem Lauf",
            "Hand eingeschlafen",
            "taub",
            "nie ohnmächtig",
        ),
        *(
            "jemanden vor den Kopf gestoßen",
            "bei jedem Schritt zwickt es",
            "Arm tut weh",
            "heute Schluss gemacht um fünf",
        ),
        *("nicht ohnmächtig geworden", "leichte Kopfschmerzen", "mit dem Po auf dem Sofa", "die Kollegen bleiben", ""),
    ],
)
def test_everyday_german_is_not_heard(text: str) -> None:
    assert heard(text) is None
