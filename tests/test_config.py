"""Every wrong setting is named, with its key, in one sentence and all at once; a secret is never part of it."""

import re
import traceback
from collections.abc import Callable, Mapping
from datetime import time
from pathlib import Path
from types import MappingProxyType

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import SecretStr
from sqlalchemy.engine import make_url

from bot.config import KEYS, VARIABLES, KeyPath, Mistakes, load

CANARY = "CanaryCanaryCanaryCanaryCanaryCanary"
TOKEN = f"123456789:{CANARY}"
VARIABLE = {path: name for name, path in VARIABLES.items()}

WRONG_KIND = ("true", "{ x = 1 }", "[[1]]", "1979-05-27T07:32:00Z")
"""TOML values that no setting can be."""

WRONG: Mapping[str, tuple[str, ...]] = {
    "telegram.token": ('""', '"token"', '"123456:"', '"abc:ABCDEF"', '"123456:AB CD"', "123456"),
    "telegram.token_file": ('""', '"no/such/file"', '"."', '"/"', r'"a\u0000b"', f'"{"x" * 5000}"', "1"),
    "telegram.base_url": ('""', '"ftp://example.org"', '"https://"', '"https://two words"', "1"),
    "telegram.webhook.url": ('"http://example.org"', '"example.org"', "1"),
    "telegram.webhook.listen": ('""', '"two words"', "1"),
    "telegram.webhook.port": ("0", "-1", "65536", "8443.5", f"0x{'f' * 5000}", "inf", "nan", '"https"'),
    "telegram.webhook.secret": ('"short"', f'"{"x" * 257}"', f'"{"ü" * 40}"', "1"),
    "telegram.mode": ('""', '"pooling"', '"Webhook"', '"webhook"', "1"),
    "database.password_file": ('""', '"no/such/file"', '"."', '"/"', r'"a\u0000b"', f'"{"x" * 5000}"', "1"),
    "database.url": ('""', '"data/headsup.db"', '"sqlite:///"', '"postgres://ann:word@db/headsup"', "1"),
    "database.file_system": ('""', '"network"', "1"),
    "keys.file": ('""', '"."', r'"a\u0000b"', "1"),
    "access.users": ('"@ann"', '"1,x"', '"[1,"', "[0]", "[-100]", "[1.5]", '["ann"]', "[true]", f"[{10**30}]", "5"),
    "access.operators": ('"@ann"', '"1,x"', '"[1,"', "[0]", "[-100]", "[1.5]", '["ann"]', "[true]", f"[{10**30}]", "5"),
    "access.mode": ('""', '"close"', '"allowlist"', "1"),
    "access.updates_per_minute": ("0", "9", "1000001", "2.5", "inf", '"many"'),
    "defaults.checkin_time": ('""', '"24:00"', '"8pm"', '"20:00:30"', '"20.00"', "20", "20:00:30"),
    "defaults.timezone": ('""', '"Europe/Berln"', '"CETT"', '"../UTC"', "1"),
    "defaults.language": ('""', '"EN"', '"xx"', "1"),
    "defaults.summary_weekday": ('""', '"Sunday"', '"someday"', "6"),
    "defaults.summary_time": ('""', '"-1:00"', '"12:60"', "18"),
    "sending.per_second": ("0", "1001", "2.5", "inf", "nan", '"many"'),
    "sending.per_chat_per_second": ("0", "31", "inf", "nan", '"one"'),
    "retention.blocked_days": ("-1", "3651", "2.5", '"never"'),
    "retention.answers_days": ("-1", "1", "399", "3651", "400.5", '"all"'),
    "backup.folder": ('""', '"."', r'"a\u0000b"', "1"),
    "backup.at": ('""', '"24:00"', '"3:30:30"', "3"),
    "backup.keep_daily": ("-1", "367", "1.5", '"all"'),
    "backup.keep_weekly": ("-1", "521", "1.5", '"all"'),
    "privacy.contact": ('""', '"Jo Doe"', f'"{"x" * 200}@"', r'"jo@example.org\nJo"', "1"),
    "logging.level": ('""', '"INFO"', '"loud"', "10"),
    "logging.format": ('""', '"xml"', "1"),
    "http.listen": ('""', '"two words"', "1"),
    "http.port": ("-1", "65536", "9484.5", '"http"'),
}
"""For each key, TOML values of a kind or size that it does not take."""

RIGHT: Mapping[str, tuple[str, object]] = {
    "telegram.token": (TOKEN, SecretStr(TOKEN)),
    "telegram.base_url": ("http://127.0.0.1:8484/bot", "http://127.0.0.1:8484/bot"),
    "telegram.webhook.url": ("https://example.org/x", "https://example.org/x"),
    "telegram.webhook.listen": ("::", "::"),
    "telegram.webhook.port": ("443", 443),
    "telegram.webhook.secret": ("s" * 32, SecretStr("s" * 32)),
    "telegram.mode": ("polling", "polling"),
    "database.url": ("postgresql+psycopg://ann:word@db/h", "postgresql+psycopg://ann:word@db/h"),
    "database.file_system": ("any", "any"),
    "keys.file": ("keys/mine.key", Path("keys/mine.key")),
    "access.users": ("1, 2,3", (1, 2, 3)),
    "access.operators": ("[1, 2]", (1, 2)),
    "access.mode": ("open", "open"),
    "access.updates_per_minute": ("600", 600),
    "defaults.checkin_time": ("8:05", time(8, 5)),
    "defaults.timezone": ("America/New_York", "America/New_York"),
    "defaults.language": ("en", "en"),
    "defaults.summary_weekday": ("monday", "monday"),
    "defaults.summary_time": ("00:00", time(0)),
    "sending.per_second": ("1000", 1000),
    "sending.per_chat_per_second": ("0.5", 0.5),
    "retention.blocked_days": ("0", 0),
    "retention.answers_days": ("400", 400),
    "backup.folder": ("/mnt/backups", Path("/mnt/backups")),
    "backup.at": ("4:05", time(4, 5)),
    "backup.keep_daily": ("30", 30),
    "backup.keep_weekly": ("0", 0),
    "privacy.contact": ("Jo Doe, jo@example.org", "Jo Doe, jo@example.org"),
    "logging.level": ("debug", "debug"),
    "logging.format": ("json", "json"),
    "http.listen": ("::1", "::1"),
    "http.port": ("9484", 9484),
}
"""For each key, a value as a variable has it, and what comes of it; the files with secrets have their own stories."""

Write = Callable[[str], Path]


def in_short(part: KeyPath | str) -> str:
    return (".".join(part) if isinstance(part, tuple) else part)[:30].replace("\\", "_")


each_key = pytest.mark.parametrize("path", KEYS, ids=".".join)
each_wrong_value = pytest.mark.parametrize(
    ("path", "value"),
    [(path, value) for path in KEYS for value in (*WRONG_KIND, *WRONG[".".join(path)])],
    ids=in_short,
)


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def written(text: str) -> Path:
        file = tmp_path / "config.toml"
        file.write_text(text, "utf-8")
        return file

    return written


@pytest.fixture
def token_file(tmp_path: Path) -> Path:
    file = tmp_path / "token"
    file.write_text(f"{TOKEN}\n")
    file.chmod(0o600)
    return file


def line(path: KeyPath, value: str) -> str:
    *sections, key = path
    return f"[{'.'.join(sections)}]\n{key} = {value}\n"


def named(path: KeyPath) -> str:
    *sections, key = path
    return f"[{'.'.join(sections)}] {key}: "


def mistakes(config: Path | None = None, environ: Mapping[str, str] = MappingProxyType({})) -> tuple[str, ...]:
    with pytest.raises(Mistakes) as caught:
        load(config, environ)
    return caught.value.lines


def test_the_tables_above_know_every_setting() -> None:
    assert set(WRONG) == {".".join(path) for path in KEYS}
    assert {*RIGHT, "telegram.token_file", "database.password_file"} == set(WRONG)


@each_wrong_value
def test_a_wrong_value_in_the_file_is_told_by_file_and_key(path: KeyPath, value: str, write: Write) -> None:
    config = write(line(path, value))
    lines = mistakes(config)
    assert all(said.startswith(f"{config}: {named(path)}") for said in lines)
    assert all("\n" not in said and len(said) < 300 for said in lines)


@pytest.mark.parametrize("path", [path for path in KEYS if path[-1] not in {"users", "operators"}], ids=".".join)
def test_a_list_is_no_value_for_what_is_one_value(path: KeyPath, write: Write) -> None:
    assert len(mistakes(write(line(path, "[1, 2]")))) == 1


@pytest.mark.parametrize(
    ("path", "value"),
    [(path, value[1:-1]) for path in KEYS for value in WRONG[".".join(path)] if re.fullmatch(r'"[^\\]+"', value)]
    + [(path, value) for path in KEYS if path[-1].endswith(("_second", "port")) for value in WRONG[".".join(path)]],
    ids=in_short,
)
def test_a_wrong_value_in_a_variable_is_told_by_its_name(path: KeyPath, value: str) -> None:
    lines = mistakes(environ={VARIABLE[path]: value})
    assert all(told.startswith(f"{VARIABLE[path]}: ") for told in lines)


@each_key
def test_a_mistyped_key_gets_the_right_one_suggested(path: KeyPath, write: Write) -> None:
    typo = (*path[:-1], path[-1] + "x")
    config = write(line(typo, "1"))
    assert mistakes(config) == (f'{config}: {named(typo)}unknown key; did you mean "{path[-1]}"?',)


@each_key
def test_a_mistyped_variable_gets_the_right_one_suggested(path: KeyPath) -> None:
    name = VARIABLE[path]
    assert mistakes(environ={name + "X": "1"}) == (f'{name}X: unknown variable; did you mean "{name}"?',)


@pytest.mark.parametrize("key", RIGHT)
def test_a_variable_wins_over_the_file(key: str, write: Write) -> None:
    path = tuple(key.split("."))
    text, value = RIGHT[key]
    found: object = load(write(line(path, WRONG[key][0])), {VARIABLE[path]: text})
    for name in path:
        found = getattr(found, name)
    assert found == value


def test_all_mistakes_come_at_once(write: Write) -> None:
    config = write(
        f"""
        token = "{TOKEN}"
        [telegram]
        tokn = "{TOKEN}"
        mode = "pooling"
        [telegram.webhook]
        port = 0
        [databas]
        [access]
        mode = "allowlist"
        [defaults]
        timezone = "berln"
        checkin_time = "8pm"
        [logging]
        level = true
        """
    )
    others = {"HEADSUP_SPEED": "9", "HEADSUP_REQUIRE_BROWSER": "1", "HOME": "/"}
    told = mistakes(config, {"HEADSUP_SENDING__PER_SECOND": "many", **others})
    assert sorted(told) == sorted(
        [
            "HEADSUP_SPEED: unknown variable",
            'HEADSUP_SENDING__PER_SECOND: must be a whole number from 1 to 1000, not "many"',
            f"{config}: token: stands outside the sections; put it below its [section] line",
            f'{config}: [telegram] tokn: unknown key; did you mean "token"?',
            f'{config}: [telegram] mode: must be "polling" or "webhook", not "pooling"',
            f"{config}: [telegram.webhook] port: must be a port from 1 to 65535, not 0",
            f'{config}: [databas]: unknown section; did you mean "database"?',
            f'{config}: [access] mode: "allowlist" lets nobody in; put an id into users or operators',
            f'{config}: [defaults] timezone: unknown time zone; did you mean "Europe/Berlin"?',
            f'{config}: [defaults] checkin_time: must be a time like "20:00", not "8pm"',
            f'{config}: [logging] level: must be "debug", "info", "warning" or "error", not true',
        ]
    )


def test_a_username_is_refused_with_a_way_to_the_id(write: Write) -> None:
    config = write('[access]\nusers = [123456789, "@ann"]')
    assert mistakes(config) == (
        f"{config}: [access] users: must be numeric ids like 123456789 (@userinfobot on Telegram tells yours), "
        'not "@ann"',
    )


def test_an_allowlist_needs_one_person_operator_or_not(write: Write) -> None:
    assert load(write('[access]\nmode = "allowlist"\noperators = [7]'), {}).access.operators == (7,)


def test_a_webhook_needs_an_address(write: Write) -> None:
    (told,) = mistakes(write('[telegram]\nmode = "webhook"'))
    assert "[telegram.webhook] url" in told
    ready = load(write('[telegram]\nmode = "webhook"\nwebhook.url = "https://example.org/headsup"'), {})
    assert (ready.telegram.mode, ready.telegram.webhook.port) == ("webhook", 8443)


@pytest.mark.parametrize("text", ["telegram = 3", f'telegram = "{TOKEN}"', "[[telegram]]"])
def test_a_section_must_be_one(text: str, write: Write) -> None:
    config = write(text)
    assert mistakes(config) == (f"{config}: [telegram]: must be a section: the line [telegram] with its keys below",)


def test_a_key_of_two_lines_is_told_in_one(write: Write) -> None:
    config = write('[telegram]\n"a\\nb" = 1')
    assert mistakes(config) == (f'{config}: [telegram] "a\\nb": unknown key',)


# Files


def test_without_a_file_the_defaults_hold(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert load(None, {}).database.url == "sqlite:///data/headsup.db"
    (tmp_path / "config.toml").write_text('[database]\nurl = "sqlite:///mine.db"')
    assert load(None, {}).database.url == "sqlite:///mine.db"


def test_a_file_that_was_asked_for_must_be_there(tmp_path: Path) -> None:
    assert mistakes(tmp_path / "mine.toml") == (f"{tmp_path}/mine.toml: cannot be read: No such file or directory",)
    assert mistakes(tmp_path) == (f"{tmp_path}: cannot be read: Is a directory",)


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ('[telegram]\ntoken = "a', "line 2, column 11"),
        ("[telegram\n", "line 1, column 10"),
        ("[keys]\nfile = 'a'\nfile = 'b'", "line 3, column 11"),
        ("[telegram]\nmode = polling", "line 2, column 8"),
        (f"[telegram]\ntoken = {TOKEN}", "line 2, column 18"),
    ],
)
def test_what_is_not_toml_is_told_by_line_and_column(text: str, where: str, write: Write) -> None:
    config = write(text)
    (told,) = mistakes(config)
    assert told.startswith(f"{config}: not TOML: ")
    assert where in told
    assert CANARY not in told


def test_windows_editors_are_welcome(tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_bytes(b'\xef\xbb\xbf[defaults]\r\ntimezone = "Europe/Vienna"\r\n')
    assert load(config, {}).defaults.timezone == "Europe/Vienna"
    config.write_bytes('[defaults]\r\ntimezone = "Europe/Vienna"\r\n'.encode("utf-16"))
    assert mistakes(config) == (f"{config}: is not UTF-8 text",)


# Secrets


def test_the_token_may_stand_in_a_file_of_its_own(token_file: Path, write: Write) -> None:
    from_file = load(write(f'[telegram]\ntoken_file = "{token_file}"'), {})
    from_variable = load(None, {"HEADSUP_TELEGRAM__TOKEN_FILE": str(token_file)})
    assert from_file.telegram.secret_token() == from_variable.telegram.secret_token() == TOKEN


def test_only_the_owner_may_read_the_token_file(token_file: Path) -> None:
    token_file.chmod(0o640)
    (told,) = mistakes(environ={"HEADSUP_TELEGRAM__TOKEN_FILE": str(token_file)})
    assert told.startswith("HEADSUP_TELEGRAM__TOKEN_FILE: ")
    assert "chmod 600" in told


@pytest.mark.parametrize(
    "content", [b"", b"\n", CANARY.encode(), f"token = {TOKEN}".encode(), b"\xff\xfe" + b"a\0" * 9]
)
def test_a_token_file_without_a_token_is_a_mistake(content: bytes, token_file: Path) -> None:
    token_file.write_bytes(content)
    (told,) = mistakes(environ={"HEADSUP_TELEGRAM__TOKEN_FILE": str(token_file)})
    assert told.startswith("HEADSUP_TELEGRAM__TOKEN_FILE: ")
    assert CANARY not in told


def test_two_tokens_are_one_too_many(token_file: Path, write: Write) -> None:
    config = write(f'[telegram]\ntoken_file = "{token_file}"')
    (told,) = mistakes(config, {"HEADSUP_TELEGRAM__TOKEN": TOKEN})
    assert told == f"{config}: [telegram] token_file: token is set too; keep only one of the two"


@pytest.fixture
def password_file(tmp_path: Path) -> Path:
    file = tmp_path / "password"
    file.write_text(f"{CANARY}:/@%+ü\n", "utf-8")
    file.chmod(0o600)
    return file


def test_the_password_of_the_database_may_stand_in_a_file_of_its_own(password_file: Path, write: Write) -> None:
    config = write(f'[database]\npassword_file = "{password_file}"\nurl = "postgresql+psycopg://ann@db:5433/headsup"')
    url = make_url(load(config, {}).database.url)
    assert (url.username, url.password, url.host, url.port) == ("ann", f"{CANARY}:/@%+ü", "db", 5433)


@pytest.mark.parametrize("url", ["", "sqlite:///data/headsup.db", "postgresql+psycopg://ann:word@db/headsup"])
def test_a_password_that_belongs_to_no_address_is_a_mistake(password_file: Path, url: str) -> None:
    environ = {"HEADSUP_DATABASE__PASSWORD_FILE": str(password_file), "HEADSUP_DATABASE__URL": url}
    (told,) = mistakes(environ=environ)
    assert '] url: password_file needs a url like "postgresql+psycopg://user@host/name"' in told.replace(
        "_URL", "] url"
    )
    assert CANARY not in told


def test_systemd_may_hand_over_the_token(tmp_path: Path) -> None:
    environ = {"CREDENTIALS_DIRECTORY": str(tmp_path)}
    assert load(None, environ).telegram.secret_token() is None
    credential = tmp_path / "bot_token"
    credential.write_text(f"{TOKEN}\n")
    credential.chmod(0o440)
    assert load(None, environ).telegram.secret_token() == TOKEN
    assert load(None, {**environ, "HEADSUP_TELEGRAM__TOKEN": "1:other"}).telegram.secret_token() == "1:other"


def test_a_broken_credential_is_told(tmp_path: Path) -> None:
    (tmp_path / "bot_token").write_text(CANARY)
    (told,) = mistakes(environ={"CREDENTIALS_DIRECTORY": str(tmp_path)})
    assert told == "$CREDENTIALS_DIRECTORY/bot_token: must look like 123456:ABC-def, as @BotFather gave it"


def test_what_holds_a_secret_is_left_out_of_every_repr(token_file: Path) -> None:
    assert all(not field.repr for field in KEYS.values() if "SecretStr" in str(field.annotation))
    loaded = load(
        None,
        {
            "HEADSUP_TELEGRAM__TOKEN_FILE": str(token_file),
            "HEADSUP_TELEGRAM__WEBHOOK__SECRET": CANARY,
            "HEADSUP_DATABASE__URL": f"postgresql+psycopg://ann:{CANARY}@db/headsup",
        },
    )
    assert CANARY not in repr(loaded) + str(loaded)


@each_key
@pytest.mark.parametrize(
    "value", [f'"{TOKEN}"', f'["{TOKEN}"]', f'{{ x = "{TOKEN}" }}', f'"{TOKEN} "', f'"\\n{TOKEN}"']
)
def test_a_token_under_whatever_key_is_never_shown(path: KeyPath, value: str, write: Write) -> None:
    try:
        shown = repr(load(write(line(path, value)), {}).telegram)
    except Mistakes as told:
        shown = "".join(traceback.format_exception(told))
        assert told.__context__ is None
    assert CANARY not in shown


@pytest.mark.parametrize("path", [path for path, field in KEYS.items() if not field.repr], ids=".".join)
@pytest.mark.parametrize("value", [f'"x{CANARY}!"', f'["{CANARY}"]', f'{{ {CANARY[:6]} = "{CANARY}" }}'])
def test_a_secret_is_not_shown_in_its_own_mistake(path: KeyPath, value: str, write: Write) -> None:
    assert CANARY not in "".join(mistakes(write(line(path, value))))


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=st.sampled_from(sorted(VARIABLES)), text=st.text(st.characters(exclude_characters="\0", codec="utf-8")))
def test_whatever_is_typed_ends_in_settings_or_in_sentences(name: str, text: str) -> None:
    try:
        load(None, {name: text})
    except Mistakes as told:
        assert all(said.startswith(f"{name}: ") for said in told.lines)
        assert "\n" not in "".join(told.lines)
