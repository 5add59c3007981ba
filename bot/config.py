"""The operator's settings, from `config.toml` and the environment: typed, frozen, and every mistake named at once."""

import json
import os
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import time
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Literal, get_args
from urllib.parse import quote
from zoneinfo import available_timezones

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    ValidationInfo,
    field_validator,
)
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails, PydanticCustomError
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    InitSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

PREFIX = "HEADSUP_"
NOT_SETTINGS = {"HEADSUP_REQUIRE_BROWSER", "HEADSUP_SWEEP", "HEADSUP_FIGURES"}
"""Variables that look like settings but belong to the test suite."""

LANGUAGES = sorted(po.stem for po in (Path(__file__).parent / "texts").glob("*.po"))
"""A language is one .po file; the words in it are none of this file's business."""


class Mistakes(Exception):
    """What is wrong with the settings: one sentence per mistake, each naming where and which key, never a secret."""

    def __init__(self, lines: Sequence[str]) -> None:
        super().__init__("\n".join(lines))
        self.lines = tuple(lines)


# Checks. ValueError means "not what the field's description asks for"; PydanticCustomError brings its own sentence.


def said(sentence: str) -> PydanticCustomError:
    return PydanticCustomError("said", sentence)


def one_of(words: Iterable[str]) -> str:
    return " or ".join(", ".join(f'"{word}"' for word in words).rsplit(", ", 1))


def did_you_mean(word: str, words: Iterable[str]) -> str:
    near = get_close_matches(word, list(words), 1, 0.75)
    return f'; did you mean "{near[0]}"?' if near else ""


def a_path(value: object) -> Path:
    if not isinstance(value, str | Path) or not Path(value).name or "\0" in str(value):
        raise ValueError
    return Path(value)


def secret_in(path: Path, *, private: bool = True) -> str:
    """Return what the file says, without the blanks around it; a private file must be readable by its owner only."""
    try:
        secret = path.read_text("utf-8-sig").strip()
        shared = path.stat().st_mode & 0o077
    except OSError as error:
        raise said(f"the file cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise said("the file cannot be read as text") from None
    if private and shared:
        raise said("others on this machine may read the file; run chmod 600 on it")
    if not secret:
        raise said("the file is empty")
    return secret


def token_shape(token: SecretStr) -> SecretStr:
    if not re.fullmatch(r"[0-9]+:[A-Za-z0-9_-]{3,}", token.get_secret_value()):
        raise said("must look like 123456:ABC-def, as @BotFather gave it")
    return token


def webhook_secret(secret: SecretStr) -> SecretStr:
    if not re.fullmatch(r"([A-Za-z0-9_-]{32,256})?", secret.get_secret_value()):
        raise ValueError
    return secret


def wall_time(value: object) -> time:
    if isinstance(value, str) and re.fullmatch(r"[0-9]{1,2}:[0-9]{2}", value):
        hour, minute = value.split(":")
        return time(int(hour), int(minute))
    if isinstance(value, time) and value == value.replace(second=0, microsecond=0):
        return value
    raise ValueError


def known_zone(name: str) -> str:
    zones = available_timezones()
    if name not in zones:
        cities = {zone.rsplit("/")[-1].lower(): zone for zone in sorted(zones)}
        near = get_close_matches(name.rsplit("/")[-1].lower(), cities, 1)
        hint = f'did you mean "{cities[near[0]]}"?' if near else 'write it like "Europe/Berlin"'
        raise said(f"unknown time zone; {hint}")
    return name


def numeric_id(value: object) -> int:
    if isinstance(value, bool) or not re.fullmatch(r"[1-9][0-9]{0,15}", str(value).strip()):
        raise ValueError
    return int(str(value))


def as_list(value: object) -> object:
    """Take "1,2,3" and "[1,2,3]" as lists too: the environment knows only text."""
    if not isinstance(value, str):
        return value
    inner = value[1:-1] if value[:1] + value[-1:] == "[]" else value
    return [part for part in inner.split(",") if part.strip()]


# Types and sections. A field's description says what it wants, as "must be …"; a Literal says it itself. `repr=False`
# marks what may hold a secret: its value is shown nowhere, not even in its own mistake.

Token = Annotated[SecretStr, AfterValidator(token_shape)]
Zone = Annotated[str, AfterValidator(known_zone), Field(description='a time zone like "Europe/Berlin"')]
Time = Annotated[time, BeforeValidator(wall_time), Field(description='a time like "20:00"')]
Ids = Annotated[
    tuple[Annotated[int, BeforeValidator(numeric_id)], ...],
    BeforeValidator(as_list),
    Field(description="numeric ids like 123456789 (@userinfobot on Telegram tells yours)"),
]
Listen = Annotated[str, Field(pattern=r"^([A-Za-z0-9.-]+|[0-9A-Fa-f:.]+)$", description='an address like "127.0.0.1"')]
Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]


class Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    @field_validator("*", mode="before")
    @classmethod
    def no_setting_is_a_switch(cls, value: object) -> object:
        if isinstance(value, bool):  # pydantic would take true for the number 1
            raise ValueError
        return value


class Webhook(Section):
    url: str = Field(default="", pattern=r"^https://\S+$", description='an address that begins with "https://"')
    listen: Listen = "127.0.0.1"
    port: int = Field(default=8443, ge=1, le=65535, description="a port from 1 to 65535")
    secret: Annotated[SecretStr, AfterValidator(webhook_secret)] = Field(
        default=SecretStr(""), repr=False, description="32 to 256 letters, digits, - or _"
    )
    """Empty: one is generated."""


class Telegram(Section):
    token: Token | None = Field(default=None, repr=False, description="text in quotes")
    token_file: Annotated[Token, BeforeValidator(secret_in), BeforeValidator(a_path)] | None = Field(
        default=None, repr=False, description="the path of a file"
    )
    """Set as a path; holds what the file says."""
    base_url: str = Field(
        default="https://api.telegram.org/bot", pattern=r"^https?://\S+$", description='an address like "https://…"'
    )
    webhook: Webhook = Webhook()
    mode: Literal["polling", "webhook"] = "polling"

    @field_validator("token_file")
    @classmethod
    def only_one_token(cls, token_file: SecretStr | None, others: ValidationInfo) -> SecretStr | None:
        if others.data.get("token"):
            raise said("token is set too; keep only one of the two")
        return token_file

    @field_validator("mode")
    @classmethod
    def a_webhook_has_a_url(cls, mode: str, others: ValidationInfo) -> str:
        if mode == "webhook" and "webhook" in others.data and not others.data["webhook"].url:
            raise said('"webhook" needs [telegram.webhook] url, the https address that Telegram sends to')
        return mode

    def secret_token(self) -> str | None:
        """Return the bot's token, wherever it was set; None when it was not."""
        secret = self.token or self.token_file
        return secret.get_secret_value() if secret else None


class Database(Section):
    password_file: Annotated[SecretStr, BeforeValidator(secret_in), BeforeValidator(a_path)] | None = Field(
        default=None, repr=False, description="the path of a file"
    )
    """Set as a path; holds what the file says."""
    url: str = Field(
        default="sqlite:///data/headsup.db",
        validate_default=True,
        repr=False,
        pattern=r"^(sqlite:///|postgresql\+psycopg://)\S",
        description='an address that begins with "sqlite:///" or "postgresql+psycopg://"',
    )
    """With the password in it, wherever that was set."""
    file_system: Literal["local", "any"] = "local"
    """SQLite loses data on network file systems: only "any" starts there."""

    @field_validator("url")
    @classmethod
    def with_password(cls, url: str, others: ValidationInfo) -> str:
        password = others.data.get("password_file")
        if password is None:
            return url
        address = re.fullmatch(r"(postgresql\+psycopg://[^:@/]+)(@.+)", url)
        if not address:
            raise said('password_file needs a url like "postgresql+psycopg://user@host/name", without a password in it')
        return f"{address[1]}:{quote(password.get_secret_value(), safe='')}{address[2]}"


class KeyFile(Section):
    file: Annotated[Path, BeforeValidator(a_path)] = Field(
        default=Path("headsup.key"), description="the path of a file"
    )


class Access(Section):
    users: Ids = ()
    operators: Ids = ()
    mode: Literal["invite", "allowlist", "open"] = "invite"
    updates_per_minute: int = Field(default=60, ge=10, le=1_000_000, description="a whole number from 10 to 1000000")
    """What one person may send: so many at once, and that many a minute."""

    @field_validator("mode")
    @classmethod
    def an_allowlist_names_someone(cls, mode: str, others: ValidationInfo) -> str:
        if mode == "allowlist" and others.data.get("users") == others.data.get("operators") == ():
            raise said('"allowlist" lets nobody in; put an id into users or operators')
        return mode


class Defaults(Section):
    """What a new user starts with."""

    checkin_time: Time = time(20)
    timezone: Zone = "UTC"
    language: str = Field(default="en", pattern=f"^({'|'.join(LANGUAGES)})$", description=one_of(LANGUAGES))
    summary_weekday: Weekday = "sunday"
    summary_time: Time = time(18)


class Sending(Section):
    per_second: int = Field(default=30, ge=1, le=1000, description="a whole number from 1 to 1000")
    per_chat_per_second: float = Field(default=1, ge=0.1, le=30, description="a number from 0.1 to 30")


def all_or_a_year(days: int) -> int:
    if 0 < days < 400:
        raise ValueError
    return days


class Retention(Section):
    """How long things are kept, in days."""

    blocked_days: int = Field(default=90, ge=0, le=3650, description="a whole number from 0 to 3650")
    """0: for good."""
    answers_days: Annotated[int, AfterValidator(all_or_a_year)] = Field(
        default=0, ge=0, le=3650, description="0, or a whole number from 400 to 3650"
    )
    """0: for good. Patterns, a try and what goes to a doctor look back for up to a year."""


class Backup(Section):
    folder: Annotated[Path, BeforeValidator(a_path)] = Field(
        default=Path("backups"), description="the path of a folder"
    )
    """Seen from the diary's folder."""
    at: Time = time(3, 30)
    keep_daily: int = Field(default=7, ge=0, le=366, description="a whole number from 0 to 366")
    """0: none are made."""
    keep_weekly: int = Field(default=4, ge=0, le=520, description="a whole number from 0 to 520")


class Privacy(Section):
    contact: str = Field(
        default="",
        max_length=200,
        pattern=r"^[^\x00-\x1f\x7f]*(@|://|[0-9][0-9 ]{5,})[^\x00-\x1f\x7f]*$",
        description="one line with your name and an e-mail address, a web address, an @name or a phone number",
    )
    """Who answers for the bot, shown to everybody who asks."""


class Logging(Section):
    level: Literal["debug", "info", "warning", "error"] = "info"
    format: Literal["text", "json"] = "text"


class Http(Section):
    """Where health and metrics are told."""

    listen: Listen = "127.0.0.1"
    port: int = Field(default=0, ge=0, le=65535, description="a port from 1 to 65535, or 0 for none")


class Settings(BaseSettings):
    model_config = SettingsConfigDict(
        frozen=True, hide_input_in_errors=True, env_prefix=PREFIX, env_nested_delimiter="__", enable_decoding=False
    )

    telegram: Telegram = Telegram()
    database: Database = Database()
    keys: KeyFile = KeyFile()
    access: Access = Access()
    defaults: Defaults = Defaults()
    sending: Sending = Sending()
    retention: Retention = Retention()
    backup: Backup = Backup()
    privacy: Privacy = Privacy()
    logging: Logging = Logging()
    http: Http = Http()

    @classmethod
    def settings_customise_sources(
        cls, settings_cls: type[BaseSettings], init_settings: PydanticBaseSettingsSource, *others: Any, **named: Any
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return (init_settings,)  # only `load` looks around: Settings(...) is what its arguments say


# Reading.

KeyPath = tuple[str, ...]


def keys_of(section: type[BaseModel], path: KeyPath = ()) -> Iterator[tuple[KeyPath, FieldInfo]]:
    """Yield every setting, such as ("telegram", "webhook", "port"), with its field."""
    for name, field in section.model_fields.items():
        if isinstance(field.default, Section):
            yield from keys_of(type(field.default), (*path, name))
        else:
            yield (*path, name), field


KEYS: Mapping[KeyPath, FieldInfo] = dict(keys_of(Settings))
VARIABLES: Mapping[str, KeyPath] = {PREFIX + "__".join(path).upper(): path for path in KEYS}


def tables_in(file: Path) -> dict[str, Any]:
    try:
        text = file.read_text("utf-8-sig")
        return tomllib.loads(text)
    except OSError as error:
        raise Mistakes([f"{file}: cannot be read: {error.strerror}"]) from None
    except UnicodeDecodeError:
        raise Mistakes([f"{file}: is not UTF-8 text"]) from None
    except ValueError as error:
        raise Mistakes([f"{file}: not TOML: {not_toml(str(error), text.splitlines() or [''])}"]) from None


def not_toml(said: str, lines: Sequence[str]) -> str:
    """Return what the parser says of a file, with the setting on that line where it is one of ours."""
    end = f"at line {len(lines)}, column {len(lines[-1]) + 1}"
    said = said.replace("at end of document", end).replace("Cannot overwrite a value", "set twice")
    at = re.search(r"at line ([0-9]+)", said)
    key = re.match(r"[\s\w.]*?(\w+)\s*=", lines[int(at[1]) - 1]) if at else None
    return f"{key[1]}: {said}" if key and key[1] in {path[-1] for path in KEYS} else said


def load(config: Path | None, environ: Mapping[str, str]) -> Settings:
    """Read the settings: a variable wins over the file, the file over the default; an empty variable is not set.

    `config` None means `config.toml` where it exists. Raises Mistakes with all there are.
    """
    file = config or Path("config.toml")
    tables = tables_in(file) if config or file.exists() else {}
    given = {name: value for name, value in environ.items() if name in VARIABLES and value}
    lines = [
        f"{name}: unknown variable{did_you_mean(name.upper(), VARIABLES)}"
        for name in environ
        if name.startswith(PREFIX) and name not in VARIABLES and name not in NOT_SETTINGS
    ]
    variables = EnvSettingsSource(Settings)
    variables.env_vars = {name.lower(): value for name, value in given.items()}
    try:
        sources = (variables, InitSettingsSource(Settings, tables))
        settings = Settings(_build_sources=(sources, {}))  # type: ignore[call-arg]  # mypy sees only the fields
    except ValidationError as wrong:
        lines += [mistake(error, file, given) for error in wrong.errors()]
    # Raised out here, the exception drags no other one along that knows the values.
    if lines:
        raise Mistakes(lines)
    return with_credential(settings, environ.get("CREDENTIALS_DIRECTORY"))


def with_credential(settings: Settings, directory: str | None) -> Settings:
    """Take the token from systemd's `LoadCredential=bot_token:…` where the settings have none."""
    credential = Path(directory or "", "bot_token")
    if not directory or settings.telegram.secret_token() or not os.access(credential, os.R_OK):
        return settings
    try:
        # systemd grants its user access by an ACL, which looks like a group that may read.
        token = token_shape(SecretStr(secret_in(credential, private=False)))
    except PydanticCustomError as wrong:
        raise Mistakes([f"$CREDENTIALS_DIRECTORY/bot_token: {wrong.message()}"]) from None
    return settings.model_copy(update={"telegram": settings.telegram.model_copy(update={"token": token})})


def mistake(error: ErrorDetails, file: Path, given: Mapping[str, str]) -> str:
    """Return pydantic's finding in our words: where, which key, what it must be and, unless it may be secret, is."""
    path = tuple(part for part in error["loc"] if isinstance(part, str))
    *sections, key = path
    key = key if key.isprintable() else json.dumps(key)
    variable = PREFIX + "__".join(path).upper()
    place = f"{file}: [{'.'.join(sections)}] {key}" if sections else f"{file}: [{key}]"
    if variable in given:
        place = variable
    if error["type"] == "said":
        return f"{place}: {error['msg']}"
    if error["type"] == "extra_forbidden":
        if not sections and not isinstance(error["input"], dict):
            return f"{file}: {key}: stands outside the sections; put it below its [section] line"
        siblings = {known[len(sections)] for known in KEYS if known[: len(sections)] == tuple(sections)}
        return f"{place}: unknown {'key' if sections else 'section'}{did_you_mean(key, siblings)}"
    if path not in KEYS:
        return f"{place}: must be a section: the line [{'.'.join(path)}] with its keys below"
    wanted = KEYS[path].description or one_of(get_args(KEYS[path].annotation))
    return f"{place}: must be {wanted}{but_is(error['input']) if KEYS[path].repr else ''}"


def but_is(value: object) -> str:
    """Return `, not "that"` for a short plain value that cannot be a token put under the wrong key."""
    plain = isinstance(value, str | float) or (isinstance(value, int) and value.bit_length() < 100)
    if not plain or len(text := json.dumps(value, ensure_ascii=False)) > 40:
        return ""
    return "" if re.search(r"[0-9]{6,}:[A-Za-z0-9_-]{16,}", text) else f", not {text}"
