"""The pictures in the documents, drawn anew: `python -m tests.browser.pictures`.

An invented case in which many are left out, each for a reason of its own, in the browser that the
tests use. Whoever changes a page draws them again and looks at them.
"""

import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from engine.web.pages import HERE as WEB
from tests.browser.test_in_a_browser import BROWSER, QUIET
from tests.integration.web.refused import refused_case, scene

IMAGES = Path(__file__).parents[2] / "docs" / "images"
SHRINK = shutil.which("convert")
SHEET = re.compile(r"/static/style\.css\?v=\w+")


def draw() -> None:
    """Write every picture into `docs/images`."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        shutil.copy(WEB / "static" / "style.css", folder)
        store = folder / "store"
        store.mkdir()
        with scene(store) as desk:
            ref = refused_case(desk)
            pages = {
                "case": f"/cases/{ref}",
                "refusals": f"/cases/{ref}/left-out",
            }
            for page, path in pages.items():
                text = SHEET.sub("style.css", desk.client.get(path).text)
                (folder / f"{page}.html").write_text(text, "utf-8")
        shot(folder, "case", width=1280, height=1500)
        shot(folder, "refusals", width=1000, height=1060)
        shot(folder, "refusals", width=360, height=1500, to="refusals-phone")


def shot(folder: Path, page: str, *, width: int, height: int, to: str = "") -> None:
    """One picture; a phone's width is a frame, since no window of the browser is that narrow."""
    image = IMAGES / f"{to or page}.png"
    frame = folder / f"{page}-{width}.htm"
    frame.write_text(
        "<!doctype html><body style='margin:0'>"
        f"<iframe src='{page}.html' style='border:0' width={width} height={height}></iframe>",
        "utf-8",
    )
    subprocess.run(
        [
            str(BROWSER),
            *QUIET,
            "--hide-scrollbars",
            "--force-color-profile=srgb",
            f"--user-data-dir={folder / 'profile'}",
            f"--window-size={width},{height}",
            f"--screenshot={image}",
            frame.as_uri(),
        ],
        check=True,
        capture_output=True,
        timeout=60,
    )
    if SHRINK is not None:  # a page has few colours: a quarter of the bytes shows the same
        subprocess.run(
            [SHRINK, image, "+dither", "-colors", "64", f"PNG8:{image}"], check=True, timeout=60
        )


if __name__ == "__main__":
    draw()
