"""What runs it elsewhere is in order: linted, each command, setting and figure is one, nothing hangs in the air."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Any

import promql_parser
import pytest
from prometheus_client.parser import text_string_to_metric_families
from ruamel.yaml import YAML

from bot.cli import app
from bot.config import VARIABLES, Settings, load
from bot.metrics import Metrics
from tests.e2e.image import instructions

ROOT = Path(__file__).parents[1]
COMPOSE = [ROOT / "compose.yaml", ROOT / "compose.scale.yaml"]
SCALE = COMPOSE[1]
TOKEN = "123456789:abcdefghijklmnopqrstuvwxyz"
OURS = "headsup:local"
BIN = Path(sys.executable).parent

each_file = pytest.mark.parametrize("file", COMPOSE, ids=lambda file: file.name)


def read(file: Path) -> dict[str, Any]:
    """Return a compose file with its variables filled in."""
    text = re.sub(r"\$\{DOMAIN[^}]*\}", "bot.example.org", file.read_text("utf-8"))
    assert "${" not in text
    found: dict[str, Any] = YAML(typ="safe").load(text)
    return found


def services(file: Path) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = read(file)["services"]
    return found


def ours(file: Path) -> dict[str, dict[str, Any]]:
    """Return the services that are HeadsUp's own image."""
    return {name: service for name, service in services(file).items() if service["image"] == OURS}


def image_variables() -> dict[str, str]:
    """Return the environment that the image sets."""
    return dict(pair.split("=", 1) for word, rest in instructions() if word == "ENV" for pair in rest.split())


def image_folders() -> set[str]:
    """Return the folders that are made in the image for whoever runs in it; a new volume takes after them."""
    (made,) = re.findall(r"install -d -o headsup -g headsup -m 0700 ([/\w ]+)", " ".join(map(" ".join, instructions())))
    return set(made.split())


def environment(service: Mapping[str, Any]) -> dict[str, str]:
    return {**image_variables(), **service.get("environment", {})}


def mounts(service: Mapping[str, Any]) -> dict[str, str]:
    """Return what is mounted where, volumes and files: path inside → source."""
    return {volume.split(":")[1]: volume.split(":")[0] for volume in service.get("volumes", ())}


def settings_of(service: Mapping[str, Any], folder: Path) -> Settings:
    """Return the settings as the service reads them, with its secrets in files of ours."""
    known = {}
    for name, value in environment(service).items():
        known[name] = value
        if value.startswith("/run/secrets/"):
            secret = folder / PurePosixPath(value).name
            secret.write_text(TOKEN if "token" in value else "pass/word")
            secret.chmod(0o600)
            known[name] = str(secret)
    return load(None, known)


def test_hadolint_has_nothing_to_say() -> None:
    linter = shutil.which("hadolint", path=f"{BIN}{os.pathsep}{os.environ['PATH']}")
    if linter is None:
        pytest.skip("hadolint is not made for this system")
    said = subprocess.run([linter, "Dockerfile"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (said.returncode, said.stdout) == (0, "")


@each_file
def test_it_is_as_composes_own_schema_has_it(file: Path) -> None:
    command = [BIN / "check-jsonschema", "--builtin-schema", "vendor.compose-spec", file]
    said = subprocess.run(command, capture_output=True, text=True, check=False)
    assert said.returncode == 0, said.stdout


@each_file
def test_every_service_does_what_the_command_line_can(file: Path) -> None:
    commands = {command.name or getattr(command.callback, "__name__", "") for command in app.registered_commands}
    assert ours(file)
    for service in ours(file).values():
        assert service["command"][0] in commands
        assert len(service["command"]) == 1


@each_file
def test_every_setting_is_one_and_they_go_together(file: Path, tmp_path: Path) -> None:
    for service in ours(file).values():
        names = {name for name in environment(service) if name.startswith("HEADSUP_")}
        assert names <= set(VARIABLES)
        assert settings_of(service, tmp_path).telegram.secret_token() == TOKEN


@each_file
def test_nobody_can_do_more_than_they_must(file: Path) -> None:
    for name, service in services(file).items():
        assert service["read_only"], name
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert not service.get("privileged"), name
        assert "user" not in service, name
        assert service["restart"] in ("unless-stopped", "on-failure"), name
    for name, service in ours(file).items():
        assert "cap_add" not in service, name
        assert "ports" not in service, name
        assert service["stop_grace_period"] == "40s", name
    assert dict(instructions())["USER"] == "10001:10001"


@each_file
def test_every_image_has_a_version(file: Path) -> None:
    for service in services(file).values():
        assert re.fullmatch(r"[a-z]+:(local|[0-9][\w.-]*)", service["image"]), service["image"]
        assert ("build" in service) == (service["image"] == OURS)


@each_file
def test_what_is_used_is_declared_and_what_is_declared_is_used(file: Path) -> None:
    whole, used = read(file), services(file).values()
    sources = {source for service in used for source in mounts(service).values()}
    files = {source for source in sources if source.startswith(".")}
    assert all((ROOT / source).is_file() for source in files)
    assert sources - files == set(whole["volumes"])
    assert {secret for service in used for secret in service.get("secrets", ())} == set(whole["secrets"])
    assert {network for service in used for network in service.get("networks", ())} == set(whole.get("networks", ()))
    for secret, where in whole["secrets"].items():
        assert where == {"file": f"secrets/{secret}"}
    ignored = (ROOT / ".gitignore").read_text("utf-8").splitlines()
    assert {"/secrets/", "/headsup.env", "/.env"} <= set(ignored)


@each_file
def test_every_secret_that_is_read_is_handed_over(file: Path) -> None:
    for name, service in services(file).items():
        read_from = {value for value in environment(service).values() if str(value).startswith("/run/secrets/")}
        assert read_from == {f"/run/secrets/{secret}" for secret in service.get("secrets", ())}, name


@each_file
def test_what_is_written_lies_on_a_volume(file: Path, tmp_path: Path) -> None:
    for name, service in ours(file).items():
        settings = settings_of(service, tmp_path)
        written = [settings.keys.file]
        if settings.database.url.startswith("sqlite:///"):
            written.append(Path(settings.database.url.removeprefix("sqlite:///")))
        else:
            written.append(settings.backup.folder / "one.backup")
        for path in written:
            volume = mounts(service)[str(path.parent)]
            assert not volume.startswith("."), name
            assert str(path.parent) in image_folders(), name


@each_file
def test_who_waits_for_somebody_waits_for_one_who_comes(file: Path) -> None:
    there = services(file)
    for name, service in there.items():
        for other, how in service.get("depends_on", {}).items():
            if how["condition"] == "service_healthy":
                looked_at = there[other]["image"] == OURS and "HEALTHCHECK" in dict(instructions())
                assert looked_at or "healthcheck" in there[other], (name, other)
                assert not there[other].get("healthcheck", {}).get("disable"), (name, other)
            else:
                assert how["condition"] == "service_completed_successfully", (name, other)
                assert there[other]["command"] == ["migrate"], (name, other)
                assert there[other]["restart"] != "unless-stopped", (name, other)


def test_all_of_the_scaled_ones_share_diary_and_key(tmp_path: Path) -> None:
    there = ours(SCALE)
    assert set(there) == {"web", "worker", "migrate"}
    assert there["web"]["deploy"]["replicas"] == there["worker"]["deploy"]["replicas"] == 2
    all_settings = [settings_of(service, tmp_path) for service in there.values()]
    assert len({(one.database.url, one.keys.file, one.telegram.webhook.url) for one in all_settings}) == 1
    assert len({mounts(service)["/keys"] for service in there.values()}) == 1
    database = services(SCALE)["database"]
    user, name = database["environment"]["POSTGRES_USER"], database["environment"]["POSTGRES_DB"]
    assert all_settings[0].database.url == f"postgresql+psycopg://{user}:pass%2Fword@database/{name}"
    assert database["networks"] == ["inside"]
    assert read(SCALE)["networks"]["inside"] == {"internal": True}


def test_the_proxy_passes_on_where_web_listens(tmp_path: Path) -> None:
    hook = settings_of(services(SCALE)["web"], tmp_path).telegram.webhook
    text = (ROOT / "deploy/Caddyfile").read_text("utf-8")
    assert hook.url == f"https://bot.example.org{re.findall(r'path (/.+)', text)[0]}"
    assert re.findall(r"dynamic a (\S+) (\d+)", text) == [("web", str(hook.port))]
    assert hook.listen == "0.0.0.0"  # noqa: S104 - inside the network of the containers
    assert re.findall(r"\{\$(\w+)\}", text) == list(services(SCALE)["proxy"]["environment"])


def test_caddy_takes_its_file() -> None:
    if not (caddy := shutil.which("caddy")):
        pytest.skip("no Caddy here")
    command = [caddy, "validate", "--config", ROOT / "deploy/Caddyfile", "--adapter", "caddyfile"]
    said = subprocess.run(
        command, env={**os.environ, "DOMAIN": "bot.example.org"}, capture_output=True, text=True, check=False
    )
    assert said.returncode == 0, said.stderr


def queries() -> list[tuple[str, str]]:
    """Return every query of the dashboard and the rules, as (whose, query)."""
    rules = YAML(typ="safe").load((ROOT / "deploy/alerts.yml").read_text("utf-8"))["groups"][0]["rules"]
    panels = json.loads((ROOT / "deploy/grafana.json").read_text("utf-8"))["panels"]
    asked = [(panel["title"], target["expr"]) for panel in panels for target in panel["targets"]]
    return [(rule["alert"], str(rule["expr"])) for rule in rules] + asked


@pytest.mark.parametrize(("whose", "query"), queries(), ids=lambda part: part[:30])
def test_what_is_asked_for_is_told(whose: str, query: str) -> None:
    told = {
        sample.name for family in text_string_to_metric_families(Metrics().text().decode()) for sample in family.samples
    }
    promql_parser.parse(query)
    names = set(re.findall(r"\b(?:headsup|process)_\w+|\bup\b", query))
    assert names
    assert names <= told | {"up"}, whose
    assert query.count('{job="headsup"') == len(re.findall(r"\{", query)), "of this job only"


def test_every_figure_is_looked_at_by_somebody() -> None:
    of_ours = {family.name for family in Metrics().registry.collect() if family.name.startswith("headsup_")}
    asked = " ".join(query for _, query in queries())
    assert {name for name in of_ours if name not in asked} == set()


def test_every_figure_is_explained_to_operators() -> None:
    said = (ROOT / "docs/operating.md").read_text("utf-8")
    families = {sample.name for family in Metrics().registry.collect() for sample in family.samples}
    ours = {name for name in families if re.fullmatch(r"headsup_.*(?<!_created)(?<!_bucket)(?<!_sum)(?<!_count)", name)}
    assert {name for name in ours if f"`{name}`" not in said} == {"headsup_info"}


def test_each_lock_says_the_same_version() -> None:
    def pins(name: str) -> dict[str, str]:
        return dict(re.findall(r"^([\w-]+)==(\S+)", (ROOT / name).read_text("utf-8"), re.MULTILINE))

    run, postgres, dev = (pins(f"requirements{kind}.lock") for kind in ("", "-postgres", "-dev"))
    assert not set(run) & set(postgres), "the second is added to the first"
    assert {**run, **postgres}.items() <= dev.items()
    assert {"psycopg", "psycopg-binary", "pgqueuer"} <= set(postgres)
