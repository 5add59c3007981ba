"""Gather all that the bot says into the catalogues, bot/texts/<language>.po, and tell what each still lacks.

Run it when a text is new or has changed: `make texts`. Translations stay; where only the English changed the old one is
marked "fuzzy", to be looked at: until then that text is said in English. English itself needs no translation.

The sources are parsed, not searched: Babel's own search misses what stands inside an f-string, and sentences that have
a name (`STALE = "…"`).
"""

import ast
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).parents[1]
SOURCES = ("bot", "jobs")
SAYING = frozenset({"t", "many", "Tip", "Sorry"})
"""Calls whose words are said to people: `t("…")`, `t.many("…", "…", n)`, `Tip(text="…", source="…")`, `Sorry("…")`."""

NOTE = re.compile(r"# Translators: (.*)")
"""A comment for translators, on the line above the words it is about."""

WIDTH = 118


def gathered(root: Path = ROOT) -> Catalog:
    """Return every text of the sources, in the order in which they stand there."""
    catalogue = Catalog(project="HeadsUp", charset="utf-8")
    for file in sorted(found for folder in SOURCES for found in (root / folder).rglob("*.py")):
        source = file.read_text(encoding="utf-8")
        for msgid, line in said_in(source):
            above = NOTE.search(source.splitlines()[line - 2])
            notes = [above[1]] if above else []
            catalogue.add(msgid, locations=[(file.relative_to(root).as_posix(), line)], auto_comments=notes)
    return catalogue


def said_in(source: str) -> Iterator[tuple[str | tuple[str, str], int]]:
    """Return each msgid of a module, a pair where it counts something, and its line.

    SyntaxError where the source is none; ValueError where something is said that cannot be found by reading.
    """
    tree = ast.parse(source)
    named = {
        target.id: statement.value.value
        for statement in tree.body
        if isinstance(statement, ast.Assign) and isinstance(statement.value, ast.Constant)
        for target in statement.targets
        if isinstance(target, ast.Name)
    }
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and _name(node.func) in SAYING]
    for call in sorted(calls, key=lambda call: (call.lineno, call.col_offset)):
        if _name(call.func) == "many":
            one, several = (_words(word, named) for word in call.args[:2])
            yield (one[0], several[0]), call.args[0].lineno
        else:
            said = call.args[:1] or [each.value for each in call.keywords if each.arg in ("text", "source")]
            yield from ((found, word.lineno) for word in said for found in _words(word, named) if found)


def _name(function: ast.expr) -> str:
    if isinstance(function, ast.Call) and _name(function.func) == "texts_for":
        return "t"
    return (
        function.id if isinstance(function, ast.Name) else function.attr if isinstance(function, ast.Attribute) else ""
    )


def _words(word: ast.expr, named: Mapping[str, object]) -> list[str]:
    if isinstance(word, ast.Constant) and isinstance(word.value, str):
        return [word.value]
    if isinstance(word, ast.Name) and isinstance(named.get(word.id), str):
        return [str(named[word.id])]
    if isinstance(word, ast.IfExp):
        return [*_words(word.body, named), *_words(word.orelse, named)]
    if ast.unparse(word) in ("tip.text", "tip.source", "str(sorry)"):
        return []  # found where the Tip and the Sorry are made
    raise ValueError(f"line {word.lineno}: the words of {ast.unparse(word)} cannot be found")


def missing(catalogue: Catalog) -> Iterator[Message]:
    """Return the texts that have no translation, or one that is marked fuzzy."""
    for message in catalogue:
        if message.id and (message.fuzzy or not message.string or not all(message.string)):
            yield message


def bring_up_to_date(path: Path, template: Catalog) -> Catalog:
    with path.open("rb") as po:
        catalogue = read_po(po, locale=path.stem)
    catalogue.update(template, update_creation_date=False)
    with path.open("wb") as po:
        write_po(po, catalogue, width=WIDTH, ignore_obsolete=True, include_lineno=False)
    return catalogue


def main(folder: Path = ROOT / "bot" / "texts") -> int:
    """Return how many texts have no translation, over all languages."""
    template, left = gathered(), 0
    for path in sorted(folder.glob("*.po")):
        if path.stem == "en":
            continue
        catalogue = bring_up_to_date(path, template)
        lacking = list(missing(catalogue))
        print(f"{path.stem}: {len(catalogue) - len(lacking)} of {len(catalogue)} texts are translated")
        for message in lacking:
            print(f"  {'fuzzy' if message.fuzzy else 'missing'}: {message.locations[0][0]}: {message.id!r}")
        left += len(lacking)
    return left


if __name__ == "__main__":
    sys.exit(1 if main() else 0)
