"""What the documents say is so: the conversation, the commands, the settings, the files."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli import app
from bot.config import KEYS, NOT_SETTINGS, VARIABLES
from bot.sandbox.person import Person, Seen
from tests.conftest import Telegram
from tools.pictures import SHOWN

ROOT = Path(__file__).parent.parent
PAGES = [
    ROOT / name for name in ("README.md", "CONTRIBUTING.md", "docs/operating.md", "docs/promises.md", "docs/scaling.md")
]
PROMISES = ROOT / "docs/promises.md"

page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)


def code_in(page: Path) -> str:
    """Return what stands in blocks and between backticks, a line each; the comments in blocks are prose."""
    text = page.read_text("utf-8")
    blocks = re.findall(r"^ *```\w*\n(.*?)^ *```", text, re.DOTALL | re.MULTILINE)
    spans = re.findall(r"`([^`\n]+)`", re.sub(r"^ *```.*?^ *```", "", text, flags=re.DOTALL | re.MULTILINE))
    return "\n".join([*(re.sub(r"[ \t]+#.*", "", block) for block in blocks), *spans])


def commands_in(page: Path) -> list[list[str]]:
    """Return what follows each `headsup` that is a command: its name and options, without a file or a number."""
    command = r"(?:^ *|/bin/|docker exec \w+ )headsup((?: [a-z-]+)*)(?: \S*[A-Z0-9./]\S*)?$"
    found = re.findall(command, code_in(page), re.MULTILINE)
    return [words.split() for words in found]


def conversation(page: Path) -> Iterator[tuple[str, str]]:
    """Yield a page's conversation as (who, line)."""
    block = re.search(r"```text\n(.*?)```", page.read_text("utf-8"), re.DOTALL)
    assert block, "the page has a conversation"
    who = ""
    for line in block[1].splitlines():
        who = line[:9].strip() or who
        yield who, line[9:]


def lines_of(seen: Seen) -> list[str]:
    """Return a message as the README writes it: its lines, then a row of buttons each."""
    return [*seen.text.splitlines(), *(" ".join(f"[{label}]" for label in row) for row in seen.buttons)]


def said_from(person: Person, message_id: int) -> list[str]:
    """Return what the bot says from this message on, below it too."""
    return [line for seen in person.chat if seen.from_bot and seen.message_id >= message_id for line in lines_of(seen)]


def help_of(command: Iterable[str]) -> str:
    words = [*command, "--help"]
    shown = CliRunner().invoke(app, words)
    assert shown.exit_code == 0, f"headsup {words}: {shown.output}"
    return shown.output


@pytest.mark.parametrize("name", ["README.md", "docs/a_bad_day.md"])
async def test_a_conversation_is_a_real_one(telegram: Telegram, ann: Person, name: str) -> None:
    unsaid: Iterator[str] = iter(())
    turns = list(conversation(ROOT / name))
    for who, line in turns:
        if who == "HeadsUp":
            # A page may leave lines out, but tells the others in their order; `in` moves the iterator on.
            assert line in unsaid, f"the bot does not say {line!r} here, but {lines_of(ann.sees)}"
        elif line.startswith("["):
            label = line.strip("[]")
            tapped = next(seen.message_id for seen in reversed(ann.chat) if label in seen.labels)
            await ann.taps(label)
            unsaid = iter(said_from(ann, tapped))
        else:
            unsaid = iter(said_from(ann, await ann.says(line)))
    assert {who for who, _ in turns} == {"Ann", "HeadsUp"}
    assert any(seen.text.startswith("Saved") for seen in ann.chat[-2:])


async def test_the_typed_day_in_the_readme_is_understood(ann: Person) -> None:
    (typed,) = re.findall(r"^headache .+", code_in(ROOT / "README.md"), re.MULTILINE)
    await ann.says(typed)
    assert ann.sees.text.startswith("I understood: Headache 6 · Back 3 · Sleep 7.5 h · Posture 4 of 5.")


@page
def test_every_make_target_is_one(page: Path) -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    assert set(re.findall(r"\bmake ([a-z]+)", code_in(page))) <= targets


@page
def test_every_command_and_option_is_one(page: Path) -> None:
    for words in commands_in(page):
        options = [word for word in words if word.startswith("--")]
        shown = help_of(word for word in words if word not in options)
        assert all(option in shown for option in options), words


def test_every_command_there_is_is_explained() -> None:
    commands = {command.name or getattr(command.callback, "__name__", "") for command in app.registered_commands}
    assert commands <= {words[0] for words in commands_in(ROOT / "docs/operating.md") if words}


def test_the_options_that_operating_mentions_by_themselves_exist() -> None:
    options = set(re.findall(r"^(--[a-z-]+)", code_in(ROOT / "docs/operating.md"), re.MULTILINE))
    shown = help_of(["run"]) + help_of(["sandbox"]) + help_of(["check"])
    assert options
    assert all(option in shown for option in options), options


@page
def test_every_variable_and_key_is_a_setting(page: Path) -> None:
    code = code_in(page)
    assert set(re.findall(r"HEADSUP_[A-Z_]+[A-Z]\b(?!__<)", code)) <= set(VARIABLES) | NOT_SETTINGS | {"HEADSUP_"}
    for section, key in re.findall(r"^\[(\w+)\] (\w+)", code, re.MULTILINE):
        assert (section, key) in KEYS


def headings(page: Path) -> set[str]:
    """Return what stands behind the # of a link to each heading of a page."""
    found = re.findall(r"^#+ (.+)$", page.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading).lower().replace(" ", "-") for heading in found}


@page
def test_every_link_within_the_project_leads_somewhere(page: Path) -> None:
    links = re.findall(r"""(?:\]\(|src=")(?!https?://)([^)#"]*)(?:#([^)]+))?""", page.read_text("utf-8"))
    for link, heading in links:
        target = page.parent / link if link else page
        assert target.exists(), link
        assert not heading or heading in headings(target), f"{link}#{heading}"


def test_the_pictures_are_small_and_each_is_shown_and_described() -> None:
    described = dict(re.findall(r'<img src="([^"]+)"[^>]* alt="(.+?)">', (ROOT / "README.md").read_text("utf-8")))
    kept = {path.relative_to(ROOT).as_posix(): path for path in (ROOT / "docs/pictures").iterdir()}
    assert described.keys() == kept.keys()
    assert max(path.stat().st_size for path in kept.values()) <= 150_000


def test_the_pictures_are_those_that_the_walk_takes() -> None:
    assert {f"{name}.png" for name in SHOWN} == {path.name for path in (ROOT / "docs/pictures").iterdir()}


@page
def test_every_path_of_the_source_that_is_named_exists(page: Path) -> None:
    paths = re.findall(r"\b((?:bot|jobs|tests|benchmarks|docs)/[\w./-]*\w)", code_in(page))
    missing = [path for path in paths if not (ROOT / path).exists()]
    assert not missing


def test_every_promise_has_a_figure_and_a_proof_that_exists() -> None:
    rows = [line.strip("| ").split(" | ") for line in PROMISES.read_text("utf-8").splitlines() if line.startswith("| ")]
    promises = [row for row in rows if row[0] != "promise"]
    assert len(promises) >= 10
    for promise, figure, proof in promises:
        assert promise
        assert figure
        path, _, test = proof.strip("`").removeprefix("python ").removeprefix("-m pytest ").partition("::")
        assert (ROOT / path).exists(), proof
        assert (ROOT / path).is_dir() or (ROOT / path).suffix == ".py", proof
        assert not test or f"def {test}(" in (ROOT / path).read_text("utf-8"), proof


def test_the_image_takes_what_the_wheel_needs_and_nothing_private() -> None:
    copied = re.findall(r"^COPY (.+) \S+$", (ROOT / "Dockerfile").read_text("utf-8"), re.MULTILINE)
    wanted = {name for line in copied for name in line.split()}
    ignored = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    assert "*" in ignored, "what is not named stays outside"
    assert {line[1:] for line in ignored if line.startswith("!")} == wanted
    assert wanted >= {"bot", "jobs", "pyproject.toml", "requirements.lock"}
    assert not wanted & {"data", "config.toml", "headsup.key", ".", "tests"}
