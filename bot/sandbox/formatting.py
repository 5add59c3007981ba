"""Telegram's HTML, read as strictly as Telegram reads it: text and entities come back, or the reason why not.

Offsets and lengths of entities count UTF-16 code units; positions in complaints count bytes, as Telegram's do.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from bot.sandbox.rules import Json

STYLES = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
    "a": "text_link",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
    "tg-emoji": "custom_emoji",
    "tg-time": "date_time",
}
NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}

CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f]")
CHARACTER = re.compile(r"&(?:#(?:x([0-9a-fA-F]{1,6})|([0-9]{1,7}))|([a-zA-Z][a-zA-Z0-9]*));?")
START_TAG = re.compile(r"<([^\s>/][^\s>]*)((?:[^>\"']|\"[^\"]*\"|'[^']*')*)>")
END_TAG = re.compile(r"</([^\s>]*)\s*>")
ATTRIBUTE = re.compile(r"\s+([^\s=>/\"']+)(?:\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([A-Za-z0-9.-]+)))?(?=\s|$)")
COMMAND = re.compile(r"(?<![\w/<>])/[A-Za-z0-9_]{1,32}(?:@[A-Za-z0-9_]{3,32})?(?![\w/@])")
LINK = re.compile(r"(?:https?|tg|mailto):|\w[\w-]*\.\w")
TIME_FORMAT = re.compile(r"r|w?[dD]?[tT]?")


class NotFormatted(ValueError):
    """The markup cannot be read; the message says what and where, in Telegram's words."""


@dataclass(frozen=True)
class Formatted:
    text: str
    entities: tuple[Json, ...] = ()


@dataclass(frozen=True)
class Open:
    """A start tag that waits for its end; `begins` counts UTF-16 units."""

    tag: str
    begins: int
    entity: Json


def units(text: str) -> int:
    """Return the length in UTF-16 code units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def clean(text: str) -> str:
    """Return what Telegram makes of any text first: no carriage returns, other control characters as spaces."""
    return CONTROL.sub(" ", text.replace("\r", ""))


def parse_html(source: str) -> Formatted:
    """Return text and entities of Telegram HTML; raises NotFormatted."""
    text: list[str] = []
    length = at = 0
    opened: list[Open] = []
    entities: list[Json] = []
    while at < len(source):
        if source[at] != "<":
            said, at = character(source, at)
            text.append(said)
            length += 2 if said > "\uffff" else 1
        elif source.startswith("</", at):
            end, at = end_tag(source, at, opened)
            if length > end.begins:
                entities.append({**end.entity, "offset": end.begins, "length": length - end.begins})
        else:
            tag, entity, at = start_tag(source, at)
            opened.append(Open(tag, length, entity))
    if opened:
        raise NotFormatted(f'Can\'t find end tag corresponding to start tag "{opened[-1].tag}"')
    return tidy(Formatted("".join(text), tuple(entities)))


def character(source: str, at: int) -> tuple[str, int]:
    """Return one character of the text, `&…;` decoded, and where the next begins."""
    if source[at] != "&" or not (match := CHARACTER.match(source, at)):
        return source[at], at + 1
    hexadecimal, decimal, name = match.groups()
    if name:
        if name not in NAMED or not match[0].endswith(";"):
            raise NotFormatted(f'Unsupported entity "{match[0]}" at byte offset {offset_of(source, at)}')
        return NAMED[name], match.end()
    code = int(hexadecimal, 16) if hexadecimal else int(decimal)
    if not 0 < code <= 0x10FFFF or 0xD800 <= code <= 0xDFFF:
        raise NotFormatted(f'Unsupported entity "{match[0]}" at byte offset {offset_of(source, at)}')
    return chr(code), match.end()


def start_tag(source: str, at: int) -> tuple[str, Json, int]:
    where = f"at byte offset {offset_of(source, at)}"
    match = START_TAG.match(source, at)
    name = re.split(r"[\s>]", source[at + 1 :], maxsplit=1)[0].lower()
    if name not in STYLES:
        raise NotFormatted(f'Unsupported start tag "{name}" {where}')
    if not match:
        raise NotFormatted(f'Unclosed start tag "{name}" {where}')
    attributes: dict[str, str | None] = {}
    read = 0
    for found in ATTRIBUTE.finditer(match[2]):
        if found.start() != read:
            break
        read = found.end()
        value = next((one for one in found.groups()[1:] if one is not None), None)
        attributes[found[1].lower()] = None if value is None else decoded(value)
    if match[2][read:].strip():
        raise NotFormatted(f'Unexpected attribute in the tag "{name}" {where}')
    return name, entity_of(name, attributes, where), match.end()


def decoded(value: str) -> str:
    out, at = "", 0
    while at < len(value):
        said, at = character(value, at)
        out += said
    return out


def entity_of(name: str, attributes: dict[str, str | None], where: str) -> Json:
    """Return the entity that the tag stands for, without its place in the text."""
    match name:
        case "span" if attributes.get("class") != "tg-spoiler":
            raise NotFormatted(f'Tag "span" must have class "tg-spoiler" {where}')
        case "a":
            return {"type": "text_link", "url": attributes.get("href") or ""}
        case "code" if (attributes.get("class") or "").startswith("language-"):
            return {"type": "code", "language": (attributes["class"] or "").removeprefix("language-")}
        case "blockquote" if "expandable" in attributes:
            return {"type": "expandable_blockquote"}
        case "tg-emoji":
            if not (attributes.get("emoji-id") or "").isdecimal():
                raise NotFormatted(f'Tag "tg-emoji" must have a custom emoji identifier {where}')
            return {"type": "custom_emoji", "custom_emoji_id": attributes["emoji-id"]}
        case "tg-time":
            unix, shape = attributes.get("unix") or "", attributes.get("format")
            if not re.fullmatch(r"-?\d{1,12}", unix) or (shape is not None and not TIME_FORMAT.fullmatch(shape)):
                raise NotFormatted(f'Tag "tg-time" must have a Unix time and a known format {where}')
            given = {} if shape is None else {"date_time_format": shape}
            return {"type": "date_time", "unix_time": int(unix), **given}
    return {"type": STYLES[name]}


def end_tag(source: str, at: int, opened: list[Open]) -> tuple[Open, int]:
    where = f"at byte offset {offset_of(source, at)}"
    if not opened:
        raise NotFormatted(f"Unexpected end tag {where}")
    match = END_TAG.match(source, at)
    if not match:
        raise NotFormatted(f"Unclosed end tag {where}")
    start = opened.pop()
    if match[1].lower() not in ("", start.tag):
        raise NotFormatted(f'Unmatched end tag {where}, expected "</{start.tag}>", found "</{match[1]}>"')
    return start, match.end()


def offset_of(source: str, at: int) -> int:
    return len(source[:at].encode("utf-8", "surrogatepass"))


def tidy(formatted: Formatted) -> Formatted:
    """Return what Telegram stores: no white space around, no styles inside code, links that lead somewhere."""
    text = formatted.text.strip()
    cut = units(formatted.text[: len(formatted.text) - len(formatted.text.lstrip())])
    whole = units(text)
    kept = [fitted for entity in formatted.entities if (fitted := moved(entity, cut, whole))]
    found = [stays for entity in kept if (stays := settled(entity, kept, text))]
    return Formatted(text, in_order(one for at, one in enumerate(found) if one not in found[:at]))


def in_order(entities: Iterable[Json]) -> tuple[Json, ...]:
    return tuple(sorted(entities, key=lambda one: (one["offset"], -one["length"])))


def moved(entity: Json, cut: int, whole: int) -> Json | None:
    begins = max(entity["offset"] - cut, 0)
    ends = min(entity["offset"] + entity["length"] - cut, whole)
    return {**entity, "offset": begins, "length": ends - begins} if ends > begins else None


def settled(entity: Json, others: list[Json], text: str) -> Json | None:
    """Return the entity as it stays, or None when another one or an empty link swallows it."""
    if any(other is not entity and other["type"] in ("pre", "code") and inside(entity, other) for other in others):
        return None
    if entity["type"] == "text_link":
        url = entity["url"] or cut_out(text, entity)
        return {**entity, "url": url} if LINK.match(url) else None
    if entity["type"] == "code":
        return {name: value for name, value in entity.items() if name != "language"}
    if entity["type"] == "pre":
        languages = [one["language"] for one in others if "language" in one and same_place(one, entity)]
        return {**entity, "language": languages[0]} if languages else entity
    return entity


def inside(entity: Json, other: Json) -> bool:
    if same_place(entity, other) and entity["type"] in ("pre", other["type"]):
        return False
    begins, ends = other["offset"], other["offset"] + other["length"]
    return bool(begins <= entity["offset"] and entity["offset"] + entity["length"] <= ends)


def same_place(one: Json, other: Json) -> bool:
    return bool(one["offset"] == other["offset"] and one["length"] == other["length"])


def cut_out(text: str, entity: Json) -> str:
    raw = text.encode("utf-16-le", "surrogatepass")
    return raw[entity["offset"] * 2 : (entity["offset"] + entity["length"]) * 2].decode("utf-16-le", "replace")


def with_commands(formatted: Formatted) -> Formatted:
    """Return it with the `/commands` in the text marked, as Telegram marks them outside links and code."""
    taken = [one for one in formatted.entities if one["type"] in ("pre", "code", "text_link")]
    found = [one for one in commands(formatted.text) if not any(inside(one, other) for other in taken)]
    return replace(formatted, entities=in_order((*formatted.entities, *found)))


def commands(text: str) -> Iterator[Json]:
    for match in COMMAND.finditer(text):
        yield {"type": "bot_command", "offset": units(text[: match.start()]), "length": units(match[0])}
