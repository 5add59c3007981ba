"""Settings gone wrong in every way, and a token that is none or another bot's: told, and nothing is sent (T70, T71)."""

import os
import random
import resource
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import time
from pathlib import Path
from types import MappingProxyType
from typing import Any, get_args, get_origin

import pytest
from pydantic.fields import FieldInfo

from bot.clock import SystemClock
from bot.config import KEYS, VARIABLES, KeyPath, Mistakes, load
from bot.sandbox.botapi import BotApi
from bot.sandbox.server import Server, serve
from tests.e2e.conftest import ROOT, BotProcess, diary, person, sees, settles_in
from tests.faults.promises import FULL, Figures, points

pytestmark = pytest.mark.sqlite

CANARY = "CanaryCanaryCanaryCanaryCanaryCanary"
TOKEN = f"123456789:{CANARY}"
OTHER = "2:the-other-bot"
VARIABLE = {path: name for name, path in VARIABLES.items()}
NO_SETTING_IS_THAT = ("true", "{ x = 1 }", "[[1]]", "1979-05-27T07:32:00Z")
MISCONFIGURED = 78
LONGEST = 2.0


@dataclass(frozen=True)
class Case:
    """A file and variables with one mistake about `path`; the sentence is to begin with `place` and hold `words`."""

    kind: str
    path: KeyPath
    text: str
    place: str
    words: tuple[str, ...]
    variables: Mapping[str, str] = field(default_factory=dict)
    encoded: str = "utf-8"
    ends: str = "\n"

    def written(self, folder: Path) -> Path:
        file = folder / "config.toml"
        file.write_bytes(self.text.replace("\n", self.ends).encode(self.encoded))
        return file


def cases() -> Iterator[Case]:
    """Yield every way of getting every setting wrong, from the model of the settings."""
    for path, model in KEYS.items():
        at, allowed = place(path), in_words(model)
        for kind, values in (("type", wrong_types(model)), ("range", out_of_range(model)), ("secret", secrets(model))):
            for value in values:
                yield Case(kind, path, line(path, value), at, allowed)
                yield Case(f"{kind}, CRLF", path, line(path, value), at, allowed, ends="\r\n")
                yield Case(f"{kind}, BOM", path, line(path, value), at, allowed, encoded="utf-8-sig")
        if not empty_is_right(model):
            yield Case("empty", path, line(path, '""'), at, allowed)
        yield Case("nothing", path, line(path, ""), "config.toml: not TOML: ", (f"{path[-1]}: ", "line 2"))
        twice = line(path, '"a"') + f'{path[-1]} = "{CANARY}"\n'
        yield Case("twice", path, twice, "config.toml: not TOML: ", (f"{path[-1]}: set twice", "line 3"))
        suggested = (f'did you mean "{path[-1]}"?',)
        for typo in {path[-1] + "x", path[-1][1:]} - {known[-1] for known in KEYS}:
            wrong = (*path[:-1], typo)
            yield Case("typo", wrong, line(wrong, f'"{CANARY}"'), place(wrong), suggested)
        stranger = (*path[:-1], "zzz")
        yield Case("unknown", stranger, line(stranger, f'"{CANARY}"'), place(stranger), ("unknown key",))
        name, told = VARIABLE[path], f"{VARIABLE[path]}: "
        yield Case("variable, typo", path, "", f"{name}X: ", (f'did you mean "{name}"?',), {f"{name}X": CANARY})
        for value in wrong_text(model):
            yield Case("variable", path, "", told, allowed, {name: value})
            yield Case("variable over file", path, line(path, '"a"'), told, allowed, {name: value})


def line(path: KeyPath, value: str) -> str:
    *sections, key = path
    return f"[{'.'.join(sections)}]\n{key} = {value}\n"


def place(path: KeyPath) -> str:
    *sections, key = path
    return f"config.toml: [{'.'.join(sections)}] {key}: "


def in_words(model: FieldInfo) -> tuple[str, ...]:
    """Return what a sentence has to hold, any of it: what is allowed, or the shape of a token, or what is wrong with
    a file that was named."""
    choices = get_args(model.annotation) if all(isinstance(one, str) for one in get_args(model.annotation)) else ()
    if choices:
        return (" or ".join(", ".join(f'"{choice}"' for choice in choices).rsplit(", ", 1)),)
    return (model.description or "?", "must look like 123456:ABC-def", "the file cannot be read", "Europe/Berlin")


def kinds_of(model: FieldInfo) -> set[object]:
    return {model.annotation, get_origin(model.annotation), *get_args(model.annotation)}


def wrong_types(model: FieldInfo) -> tuple[str, ...]:
    """Return TOML values of a kind that this setting is not."""
    of_numbers = bool(kinds_of(model) & {int, float})
    return (*NO_SETTING_IS_THAT, *(('"many"', "inf", "nan") if of_numbers else ("5", "1.5")))


def out_of_range(model: FieldInfo) -> Iterator[str]:
    """Yield TOML values of the right kind that are too small, too large or not among what is allowed."""
    limits: dict[str, Any] = {}
    for rule in model.metadata:
        limits |= {
            name: getattr(rule, name) for name in ("ge", "le", "pattern") if getattr(rule, name, None) is not None
        }
    if "ge" in limits:
        yield str(limits["ge"] - 1)
    if "le" in limits:
        yield str(limits["le"] + 1)
    kinds = kinds_of(model)
    choices = [one for one in get_args(model.annotation) if isinstance(one, str)]
    if choices or "pattern" in limits:
        yield from (f'"{choices[0].upper() if choices else "no match"}"', '" "', '"§ 1"')
    if time in kinds:
        yield from ('"24:00"', '"8pm"', '"20:00:30"', "20:00:30")
    if tuple in kinds:
        yield from ("[0]", "[-100]", "[1.5]", '["@ann"]', f"[{10**30}]")
    if model.annotation is Path:
        yield '"."'


def secrets(model: FieldInfo) -> tuple[str, ...]:
    """Return values that hold a secret, wrong for the setting: a token under the wrong key, a password."""
    its_own = () if model.repr else (f'"x {CANARY}"', f'["{CANARY}"]', f'{{ {CANARY} = "{CANARY}" }}')
    return (f'["{TOKEN}"]', f'{{ x = "{TOKEN}" }}', *its_own)


def wrong_text(model: FieldInfo) -> tuple[str, ...]:
    """Return what a variable may hold that this setting cannot be."""
    return (".",) if model.annotation is Path else (f"§ {CANARY}",) if not model.repr else ("§ 1",)


def empty_is_right(model: FieldInfo) -> bool:
    """Tell whether an empty text says "none": a list of nobody, a secret that is made up."""
    return model.default == () or (not model.repr and model.default is not None and not str(model.default))


def told(case: Case, folder: Path) -> tuple[str, ...]:
    with pytest.raises(Mistakes) as caught:
        load(case.written(folder).relative_to(folder), case.variables)
    return caught.value.lines


def is_well_told(case: Case, lines: tuple[str, ...]) -> bool:
    """Tell whether every sentence names the place and the setting, and one of them what holds."""
    return all(said.startswith(case.place) and "\n" not in said for said in lines) and any(
        words in said for said in lines for words in case.words
    )


def test_every_setting_wrong_in_every_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, promise: Figures) -> None:
    monkeypatch.chdir(tmp_path)
    every = list(cases())
    assert {case.path for case in every} >= set(KEYS)
    tried = every if FULL else random.Random(70).sample(every, 250)
    lines = [(case, told(case, tmp_path)) for case in tried]
    badly = [(case.kind, case.text, said) for case, said in lines if not is_well_told(case, said)]
    leaky = [case for case, said in lines if CANARY in "".join(said)]
    try:
        tries = len(tried)
        promise.at_most("T70", "wrong settings without place, key and what holds", 0, len(badly), tries=tries)
        promise.at_most("T70", "secrets in what is told of wrong settings", 0, len(leaky), tries=tries)
    finally:
        assert (badly, leaky) == ([], [])


def test_a_byte_order_mark_and_windows_line_ends_are_no_mistake(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    right = Case("", (), line(("access", "mode"), '"open"'), "", (), encoded="utf-8-sig", ends="\r\n")
    assert load(right.written(tmp_path), {}).access.mode == "open"


def test_as_a_process_it_is_told_within_a_moment(tmp_path: Path, promise: Figures) -> None:
    chance = random.Random(70)
    every = chance.sample(list(cases()), points(4, 40))
    missing = Case("missing", ("telegram", "token"), "", "[telegram] token: missing", ("@BotFather",))
    for case in (missing, *every):
        case.written(tmp_path)
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        said = headsup(tmp_path, "run" if case is missing or chance.random() < 0.5 else "check", case.variables)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        busy = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        assert said.returncode == MISCONFIGURED, said.stderr
        assert is_well_told(case, tuple(said.stderr.splitlines())), said.stderr
        assert said.stdout == ""
        promise.at_most("T70", "processor time until a wrong setting is told", LONGEST, busy, "s")
        hidden = "Traceback" not in said.stderr and CANARY not in said.stderr
        promise.at_most("T70", "tracebacks and secrets on the terminal", 0, int(not hidden))
    assert {path.name for path in tmp_path.iterdir()} == {"config.toml"}, "nothing was made"


def headsup(
    folder: Path, command: str, variables: Mapping[str, str] = MappingProxyType({})
) -> subprocess.CompletedProcess[str]:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("HEADSUP_")}
    return subprocess.run(
        [sys.executable, "-m", "bot", command],
        cwd=folder,
        env={**inherited, "PYTHONPATH": str(ROOT), **variables},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


async def test_what_is_no_token(bot: BotProcess, api: BotApi, promise: Figures) -> None:
    forms = ("123456:", "token", "abc:ABCDEF", ":ABC", "123456:AB CD", "123456-ABC", "１２３:ABC")
    for form in forms[: points(2, len(forms))]:
        await bot.start(HEADSUP_TELEGRAM__TOKEN=form)
        assert await bot.ends() == MISCONFIGURED
        assert bot.output == ["HEADSUP_TELEGRAM__TOKEN: must look like 123456:ABC-def, as @BotFather gave it"]
        promise.at_most("T71", "calls with a token that is none", 0, len(api.calls))


@pytest.fixture
def other() -> BotApi:
    """Another bot at Telegram. It numbers updates and messages as the first one does."""
    return BotApi(SystemClock(), token=OTHER)


@pytest.fixture
async def other_server(other: BotApi) -> AsyncIterator[Server]:
    running = await serve(other, port=0)
    yield running
    await running.close()


async def test_the_token_of_another_bot(
    bot: BotProcess, api: BotApi, other: BotApi, other_server: Server, promise: Figures
) -> None:
    await bot.runs()
    ann = person(api, 1001, "Ann")
    await settles_in(ann)
    await ann.says("/checkin")
    await sees(ann, "question 1 of 5")
    await bot.stops()

    # By mistake: nothing is asked, nothing is sent, and the first bot goes on as if nothing had been.
    theirs = {"HEADSUP_TELEGRAM__TOKEN": OTHER, "HEADSUP_TELEGRAM__BASE_URL": f"{other_server.url}/bot"}
    for command in ("run", "check"):
        await bot.start(command, **theirs)
        assert await bot.ends() == MISCONFIGURED
        assert "this diary belongs to bot 1, this token is of bot 2; put the token of bot 1 back" in bot.output[-1]
        assert OTHER not in "".join(bot.output)
    promise.at_most("T71", "calls by a bot whose diary it is not", 0, len(other.calls), tries=2)
    await bot.start("run", "--new-bot", HEADSUP_TELEGRAM__TOKEN="3:unknown")
    assert await bot.ends() == MISCONFIGURED
    await bot.runs()
    await ann.taps("7")
    await sees(ann, "Headache 7")
    await bot.stops()

    # On purpose: the diary is the other bot's, which Ann has to write to first.
    bot.variables |= theirs
    await bot.start("run", "--new-bot")
    await bot.prints("Running as @")
    with diary(bot.folder) as session:
        assert session.connection.exec_driver_sql("SELECT count(message_id) FROM checkins").scalar_one() == 0
    moved = person(other, 1001, "Ann")
    await moved.says("/start")
    await sees(moved, "Welcome back")
    await moved.says("/checkin")
    await sees(moved, "Headache 7", "question 2 of 5")
    await bot.stops()
    promise.at_most("T71", "answers lost on the way to another bot", 0, int("Headache 7" not in moved.sees.text))
    await bot.start(HEADSUP_TELEGRAM__TOKEN="1:sandbox")
    assert await bot.ends() == MISCONFIGURED
