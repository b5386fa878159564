"""The settings file: TOML or YAML, small, plain, with secrets in files of their own."""

import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError
from ruamel.yaml.events import AliasEvent

BYTES_MOST = 256 * 1024


class SettingsError(Exception):
    """The settings cannot be used. `mistakes` lists all of them, each with where and what to do."""

    def __init__(self, *mistakes: str) -> None:
        super().__init__("\n".join(mistakes))
        self.mistakes = mistakes


def read_settings_file(path: Path) -> dict[str, Any]:
    """Return the file's table. Raises SettingsError naming the line."""
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise SettingsError(
            f"{path}: cannot be read ({type(error).__name__}); name an existing file"
        ) from None
    if len(raw) > BYTES_MOST:
        raise SettingsError(f"{path}: larger than {BYTES_MOST} bytes; this is not a settings file")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise SettingsError(f"{path}: byte {error.start} is not UTF-8; save it as UTF-8") from None
    match path.suffix.lower():
        case ".toml":
            return _toml(path, text)
        case ".yaml" | ".yml":
            return _yaml(path, text)
    raise SettingsError(f"{path}: name it .toml or .yaml, so that its language is clear")


def read_twin_files(tree: dict[str, Any], secrets: Iterable[tuple[str, ...]]) -> dict[str, Any]:
    """Return the tree with each `x_file` of a secret replaced by `x`, read from that file.

    Raises SettingsError when both are given, or the file cannot be read or is empty.
    """
    tree = dict(tree)
    for secret in secrets:
        branch = tree
        for part in secret[:-1]:
            if not isinstance(branch.get(part), dict):
                break
            branch[part] = dict(branch[part])
            branch = branch[part]
        else:
            _read_twin(branch, secret)
    return tree


def _read_twin(branch: dict[str, Any], secret: tuple[str, ...]) -> None:
    name, twin = secret[-1], f"{secret[-1]}_file"
    if twin not in branch:
        return
    dotted = ".".join((*secret[:-1], twin))
    if name in branch:
        raise SettingsError(f"{dotted}: give it or {name}, not both")
    path = Path(str(branch.pop(twin)))
    try:
        text = path.read_text("utf-8").strip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{dotted}: cannot be read ({type(error).__name__})") from None
    if not text:
        raise SettingsError(f"{dotted}: the file is empty; put the secret into it")
    branch[name] = text


def _toml(path: Path, text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{path}: not TOML: {error}") from None


def _yaml(path: Path, text: str) -> dict[str, Any]:
    yaml = YAML(typ="safe", pure=True)
    try:
        if any(isinstance(event, AliasEvent) for event in yaml.parse(text)):
            raise SettingsError(f"{path}: has a reference (*name); write the value out instead")
        table = yaml.load(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark
        at = f":{mark.line + 1}:{mark.column + 1}" if mark else ""
        raise SettingsError(f"{path}{at}: not YAML: {error.problem}") from None
    if table is None:
        return {}
    if not isinstance(table, dict) or not all(isinstance(key, str) for key in table):
        raise SettingsError(f"{path}: the outermost level must be a table of names and values")
    return table
