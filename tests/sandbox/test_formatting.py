"""Telegram's HTML: what it stands for, what is refused, and that nothing a person types gets out of its escape."""

from html import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sandbox.formatting import Formatted, NotFormatted, cut_out, parse_html, units, with_commands

STYLED = st.sampled_from(["b", "strong", "i", "em", "u", "ins", "s", "strike", "del", "tg-spoiler"])
WORDS = st.text(st.characters(exclude_categories=["Cs", "Cc", "Z"]), min_size=1, max_size=8)
PIECES = (
    *("<", ">", "&", ";", "/", '"', "'", "=", " ", "b", "a", "<b>", "</b>", "<i>", "</i>", "</>", "<a href=", "href"),
    *("&lt;", "&nbsp;", "&#65;", "&#x1F600;", "<code>", "</code>", "<pre>", "</pre>", "😀", "<!--", "\n", "<br/>"),
    *('<span class="tg-spoiler">', "</span>", "<tg-time unix='1'>", "</tg-time>", "<a href='https://a.b'>", "</a>"),
)
SOUP = st.lists(st.sampled_from(PIECES)).map("".join)


@pytest.mark.parametrize(
    ("source", "text", "entities"),
    [
        ("plain & simple", "plain & simple", []),
        ("1 &lt; 2 &gt; 0 &amp; &quot;x&quot; &#65;&#x42;", '1 < 2 > 0 & "x" AB', []),
        ("😀 <b>bold</b>", "😀 bold", [("bold", 3, 4)]),
        ("<b>one <i>two</i></b>", "one two", [("bold", 0, 7), ("italic", 4, 3)]),
        ("  <B>x</b>  ", "x", [("bold", 0, 1)]),
        ("<b>x</>", "x", [("bold", 0, 1)]),
        ("<b></b>x", "x", []),
        ("<span class='tg-spoiler'>x</span>", "x", [("spoiler", 0, 1)]),
        ("<code>a<b>b</b></code>", "ab", [("code", 0, 2)]),
        ("<blockquote expandable>x</blockquote>", "x", [("expandable_blockquote", 0, 1)]),
        ("<a href=''>no link</a>", "no link", []),
        ("<b><b>x</b></b>", "x", [("bold", 0, 1)]),
        ("<code><code>x</code></code>", "x", [("code", 0, 1)]),
    ],
)
def test_what_it_stands_for(source: str, text: str, entities: list[tuple[str, int, int]]) -> None:
    found = parse_html(source)
    assert found.text == text
    assert [(one["type"], one["offset"], one["length"]) for one in found.entities] == entities


def test_tags_that_say_more() -> None:
    (link,) = parse_html('<a href="https://a.example/?x=1&amp;y=2">there</a>').entities
    assert link == {"type": "text_link", "url": "https://a.example/?x=1&y=2", "offset": 0, "length": 5}
    (code,) = parse_html('<pre><code class="language-python">x</code></pre>').entities
    assert code == {"type": "pre", "language": "python", "offset": 0, "length": 1}
    (when,) = parse_html('<tg-time unix="1647531900" format="wDT">soon</tg-time>').entities
    assert (when["type"], when["unix_time"], when["date_time_format"]) == ("date_time", 1647531900, "wDT")
    (smile,) = parse_html('<tg-emoji emoji-id="5368">🙂</tg-emoji>').entities
    assert (smile["custom_emoji_id"], smile["length"]) == ("5368", 2)


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("pain < 3", 'Unsupported start tag "" at byte offset 5'),
        ("😀<3", 'Unsupported start tag "3" at byte offset 4'),
        ("<", "Unsupported start tag"),
        ("<br>", 'Unsupported start tag "br"'),
        ("<p>x</p>", 'Unsupported start tag "p"'),
        ("<script>alert(1)</script>", 'Unsupported start tag "script"'),
        ("<b>x", 'Can\'t find end tag corresponding to start tag "b"'),
        ("x</b>", "Unexpected end tag at byte offset 1"),
        ("<b><i>x</b></i>", 'Unmatched end tag at byte offset 7, expected "</i>", found "</b>"'),
        ("<b", 'Unclosed start tag "b"'),
        ("<b>x</b", "Unclosed end tag"),
        ("<a href='x>y</a>", 'Unclosed start tag "a"'),
        ("<a =x>y</a>", "Unexpected attribute"),
        ("a&nbsp;b", 'Unsupported entity "&nbsp;" at byte offset 1'),
        ("&lt 3", "Unsupported entity"),
        ("&#xD800;", "Unsupported entity"),
        ("<span>x</span>", 'Tag "span" must have class "tg-spoiler"'),
        ("<span class='red'>x</span>", 'Tag "span" must have class "tg-spoiler"'),
        ("<tg-time>x</tg-time>", 'Tag "tg-time" must have'),
        ("<tg-time unix='1' format='YY'>x</tg-time>", 'Tag "tg-time" must have'),
        ("<tg-emoji>x</tg-emoji>", 'Tag "tg-emoji" must have'),
    ],
)
def test_what_is_refused(source: str, reason: str) -> None:
    with pytest.raises(NotFormatted) as refused:
        parse_html(source)
    assert reason in str(refused.value)


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_escaped_words_stay_words(words: str) -> None:
    assert parse_html(escape(words, quote=False)) == Formatted(words.strip())


@given(SOUP)
def test_any_soup_is_read_or_refused(soup: str) -> None:
    try:
        found = parse_html(soup)
    except NotFormatted:
        return
    assert found.text == found.text.strip()
    for one in found.entities:
        assert one["offset"] >= 0
        assert 0 < one["length"] <= units(found.text) - one["offset"]
        assert "�" not in cut_out(found.text, one), "an entity begins or ends inside a character"


@given(WORDS, STYLED, WORDS, STYLED, WORDS)
def test_entities_cover_what_the_tags_cover(before: str, outer: str, middle: str, inner: str, inmost: str) -> None:
    source = f"{escape(before)}<{outer}>{escape(middle)}<{inner}>{escape(inmost)}</{inner}></{outer}>"
    found = parse_html(source)
    assert found.text == before + middle + inmost
    assert [cut_out(found.text, one) for one in found.entities] == [middle + inmost, inmost]


@pytest.mark.parametrize(
    ("text", "commands"),
    [
        ("/start", ["/start"]),
        ("😀 /checkin, then /summary@HeadsUpBot.", ["/checkin", "/summary@HeadsUpBot"]),
        ("and/or 1/2 https://a.example/start /two/three //four", []),
        ("/" + "x" * 33, []),
    ],
)
def test_commands_are_found_in_the_text(text: str, commands: list[str]) -> None:
    found = with_commands(Formatted(text))
    assert [cut_out(text, one) for one in found.entities] == commands


def test_no_commands_in_code() -> None:
    types = [one["type"] for one in with_commands(parse_html("<code>/usr</code> /help")).entities]
    assert types == ["code", "bot_command"]
