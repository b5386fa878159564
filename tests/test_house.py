"""The house keeps its own rules: small files, documented rooms, nothing foreign or private."""

import ast
import re
import subprocess
from functools import cache
from pathlib import Path

import pytest

HERE = Path(__file__).parents[1]
PACKAGES = ("engine", "notifiers", "rules", "schemas")
LINES_MAX = 400
MODULES = sorted(path for name in PACKAGES for path in (HERE / name).rglob("*.py"))

# Put together from pieces, so that this file does not contain what it forbids.
MACHINE_PATHS = re.compile(
    r"(?<![\w.:}$/-])/(?:" + "|".join(["wo" + "rk", "ro" + "ot", "tm" + "p", "ho" + "me"]) + r")/\w"
)
REGISTRIES = re.compile(
    "|".join(
        re.escape(host)
        for host in (
            "pypi" + ".org",
            "python" + "hosted.org",
            "registry." + "npmjs",
            "npmjs" + ".com",
            "crates" + ".io",
            "proxy.golang" + ".org",
            "repo1." + "maven",
            "maven" + ".org",
            "deb." + "debian",
        )
    )
)
WORKPLACE = re.compile("sub" + "-?agent|" + "lang" + "uage model|" + "chat" + "bot", re.IGNORECASE)


def _named(path: Path) -> str:
    return str(path.relative_to(HERE))


@cache
def _tracked() -> dict[str, str]:
    """Every file under version control that is text: name -> content."""
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=HERE, capture_output=True, text=True, check=True
    ).stdout
    texts = {}
    for name in sorted(filter(None, listed.split("\0"))):
        try:
            texts[name] = (HERE / name).read_text("utf-8")
        except (UnicodeDecodeError, FileNotFoundError, IsADirectoryError):
            continue
    return texts


def test_a_module_fits_in_one_head() -> None:
    lines = {path: len(path.read_text("utf-8").splitlines()) for path in MODULES}

    found = [f"{_named(path)} has {n} lines" for path, n in lines.items() if n > LINES_MAX]

    assert MODULES
    assert not found, "split by noun:\n" + "\n".join(found)


def test_a_module_says_what_it_is() -> None:
    found = [_named(path) for path in MODULES if not _documented(path)]

    assert not found, "without a docstring:\n" + "\n".join(found)


def _documented(path: Path) -> bool:
    text = path.read_text("utf-8")
    empty = not text.strip() and path.name != "__init__.py"
    return empty or bool(ast.get_docstring(ast.parse(text)))


def test_there_is_no_drawer() -> None:
    drawers = {"common", "helpers", "misc", "util", "utils"}

    found = [_named(path) for path in MODULES if path.stem in drawers]

    assert not found, "name it by the noun it holds:\n" + "\n".join(found)


@pytest.mark.parametrize("name", PACKAGES)
def test_a_room_is_typed_and_tells_what_may_not_enter(name: str) -> None:
    text = ast.get_docstring(ast.parse((HERE / name / "__init__.py").read_text("utf-8"))) or ""

    assert len(text.splitlines()) >= 5
    assert (HERE / name / "py.typed").exists()


def test_no_page_loads_anything_from_elsewhere() -> None:
    """A page that fetches a font tells a stranger that somebody is reading about a threat."""
    pages = [
        path
        for name in PACKAGES
        for suffix in ("html", "css", "js", "svg", "j2", "xml")
        for path in sorted((HERE / name).rglob(f"*.{suffix}"))
    ]
    foreign = re.compile(
        r"""(?<!xmlns=["'])(?<!xlink=["'])https?://|(?:src|href|action)=["']//|url\(["']?//"""
    )

    found = [
        f"{_named(path)}:{number}: {line.strip()}"
        for path in pages
        for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1)
        if foreign.search(line)
    ]

    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    ("what", "forbidden"),
    [
        ("a path of one machine", MACHINE_PATHS),
        ("the address of a package registry", REGISTRIES),
        ("a word that is not about the project", WORKPLACE),
    ],
)
def test_the_repository_speaks_of_the_project_alone(what: str, forbidden: re.Pattern[str]) -> None:
    found = [
        f"{name}:{number}: {line.strip()[:120]}"
        for name, text in _tracked().items()
        if forbidden.search(text)
        for number, line in enumerate(text.splitlines(), start=1)
        if forbidden.search(line)
    ]

    assert not found, f"{what}:\n" + "\n".join(found)
