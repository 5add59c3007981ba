"""The shape of every call: which methods there are, what each takes and of which type, after `spec.json`.

Telegram ignores a parameter that it does not know; here it is an error, because it is always a slip of the pen.
"""

import json
from collections.abc import Collection, Mapping, Sequence
from functools import cache
from importlib.resources import files as resources
from typing import Any

from bot.sandbox.refused import Refused, bad

Json = dict[str, Any]

ARRAY = "Array of "


@cache
def spec() -> Json:
    return json.loads(resources("bot.sandbox").joinpath("spec.json").read_text("utf-8"))  # type: ignore[no-any-return]


def check_method(method: str) -> None:
    """Refuse a method that Telegram does not have (404), or that only the sandbox lacks (400)."""
    if method in spec()["other_methods"]:
        raise bad(f"the sandbox does not support the method {method}")
    if method not in spec()["methods"]:
        raise Refused(404, "Not Found: method not found")


def read(method: str, params: Mapping[str, object], uploads: Collection[str] = ()) -> Json:
    """Return the parameters as typed values; a file sent as a part of its own name reads "attach://<name>".

    Strings may be JSON text, as they are in a form; null counts as absent. Raises Refused.
    """
    takes: Mapping[str, Sequence[str]] = spec()["methods"][method]["takes"]
    parts = {name: f"attach://{name}" for name in uploads if "InputFile" in takes.get(name, ())}
    given = {**parts, **{name: value for name, value in params.items() if value is not None}}
    for name in given:
        if name in spec()["methods"][method].get("not_here", ()):
            raise bad(f"the sandbox does not support the parameter {name} of {method}")
        if name not in takes:
            raise bad(f'unknown parameter "{name}" of {method}')
    for name, types in takes.items():
        if types[0] == "!" and name not in given:
            raise bad(f'parameter "{name}" is required')
    return {name: typed(given[name], takes[name], name) for name in given}


def typed(value: object, types: Sequence[str], where: str) -> Any:
    """Return `value` as the first of `types` that it fits, or refuse it."""
    reasons = []
    for name in types:
        if name == "!":
            continue
        try:
            return fits(value, name, where)
        except Refused as no:
            reasons.append(no)
    # Of several types only the one that got furthest explains anything: it names the deepest place.
    raise max(reasons, key=lambda no: no.description.count(".") + no.description.count("["))


def fits(value: object, name: str, where: str) -> object:
    match name:
        case "String" | "InputFile":
            if isinstance(value, str):
                return utf8(value)
        case "Integer":
            return whole(value, where)
        case "Float":
            return number(value, where)
        case "Boolean" | "True":
            if isinstance(value, bool):
                return value
            if isinstance(value, str) and value.lower() in ("true", "false"):
                return value.lower() == "true"
        case _ if name.startswith(ARRAY):
            items = from_text(value, where)
            if isinstance(items, list):
                return [typed(item, [name.removeprefix(ARRAY)], f"{where}[{at}]") for at, item in enumerate(items)]
        case _:
            fields = from_text(value, where)
            if isinstance(fields, dict):
                return object_of(name, fields, where)
    raise bad(f'"{where}" must be of type {name}')


def utf8(value: str) -> str:
    try:
        value.encode()
    except UnicodeEncodeError:
        raise bad("strings must be encoded in UTF-8") from None
    return value


def whole(value: object, where: str) -> int:
    try:
        if isinstance(value, int | str) and not isinstance(value, bool):
            return int(value)
    except ValueError:
        pass
    raise bad(f'"{where}" must be of type Integer')


def number(value: object, where: str) -> float:
    try:
        if isinstance(value, int | float | str) and not isinstance(value, bool):
            return float(value)
    except ValueError:
        pass
    raise bad(f'"{where}" must be of type Float')


def from_text(value: object, where: str) -> object:
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError:
        raise bad(f'can\'t parse "{where}" as a JSON object') from None


def object_of(name: str, value: Json, where: str) -> Json:
    """Return an object of the Bot API type `name`, every field checked."""
    fields = spec()["types"][name]
    if "one_of" in fields:
        kind = fields["one_of"].get(value.get("type"))
        if kind is None:
            raise bad(f'"{where}.type" must be one of {", ".join(fields["one_of"])}')
        fields = spec()["types"][kind]
    for field in value:
        if field not in fields:
            raise bad(f'unknown field "{where}.{field}" of {name}')
    for field, types in fields.items():
        if types[0] == "!" and field not in value:
            raise bad(f'field "{where}.{field}" is required')
    return {field: typed(item, fields[field], f"{where}.{field}") for field, item in value.items() if item is not None}
