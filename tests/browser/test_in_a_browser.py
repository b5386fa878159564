"""The pages in a real browser: no sideways scrolling on a small phone, targets for cold fingers."""

import html
import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from engine.web.pages import HERE as WEB
from tests.harness.towns import ARREST, THREAT, cerro, rulebook
from tests.integration.web.stage import stage
from tests.integration.web.test_every_page import every_page

BROWSER = shutil.which("chromium") or shutil.which("chromium-browser")
QUIET = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-sync "
    "--disable-background-networking --disable-component-update --disable-extensions "
    "--allow-file-access-from-files --host-resolver-rules=MAP*~NOTFOUND"
).split()
HEIGHT = 740

pytestmark = pytest.mark.skipif(
    BROWSER is None, reason="no chromium on this machine (Debian: apt-get install chromium)"
)


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every page as a file, beside the style sheet."""
    folder = tmp_path_factory.mktemp("pages")
    shutil.copy(WEB / "static" / "style.css", folder)
    shutil.copy(Path(__file__).parent / "measure.js", folder)
    store = tmp_path_factory.mktemp("store")
    with stage(store, place=cerro(), rulebook=rulebook(ARREST, THREAT)) as desk:
        for number, (name, answer) in enumerate(every_page(desk)):
            text = re.sub(r"/static/style\.css\?v=\w+", "style.css", answer.text)  # type: ignore[attr-defined]
            (folder / f"{number:02d}-{re.sub('[^a-z]', '-', name)}.html").write_text(text, "utf-8")
    return folder


def measured(pages: Path, width: int) -> dict[str, dict[str, object]]:
    """What the browser says of each page at this width."""
    frames = "".join(
        f'<iframe title="{page.stem}" src="{page.name}" width="{width}" height="{HEIGHT}"></iframe>'
        for page in sorted(pages.glob("[0-9]*.html"))
    )
    harness = pages / f"all-{width}.htm"
    harness.write_text(f"<!doctype html><body>{frames}<script src=measure.js></script>", "utf-8")
    profile = pages / f"profile-{width}"
    done = subprocess.run(
        [str(BROWSER), *QUIET, f"--user-data-dir={profile}", "--dump-dom", harness.as_uri()],
        capture_output=True,
        text=True,
        timeout=50,
        check=False,
    )
    shutil.rmtree(profile, ignore_errors=True)
    found = re.search(r'<pre id="found">(.*?)</pre>', done.stdout, re.DOTALL)
    assert found, done.stderr[-2000:]
    answer: dict[str, dict[str, object]] = json.loads(html.unescape(found[1]))
    return answer


@pytest.mark.parametrize("width", [320, 360])
def test_no_page_scrolls_sideways_and_every_target_can_be_hit(pages: Path, width: int) -> None:
    found = measured(pages, width)

    assert len(found) > 45
    assert all(each["styled"] for each in found.values())
    wide = {name: each["wide"] for name, each in found.items() if each["wide"] > width}  # type: ignore[operator]
    small = {name: each["small"] for name, each in found.items() if each["small"]}
    assert not wide, f"wider than {width} px: {wide}"
    assert not small, f"targets under 48 px: {small}"
