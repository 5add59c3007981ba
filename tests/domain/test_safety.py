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


@pytest.mark.parametrize("text", ["no " * 333, "numb " * 200, "head " * 200, " " * 1000, "can't " * 160])
def test_a_long_text_is_read_quickly(text: str) -> None:
    began = time.thread_time()
    heard(text)
    assert time.thread_time() - began < 0.1
