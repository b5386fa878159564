"""All stories, in the order in which they are best watched."""

from engine.demo.stories.apparel import APPAREL
from engine.demo.stories.community import COMMUNITY
from engine.demo.stories.night_arrest import NIGHT_ARREST
from engine.demo.stories.outage import OUTAGE
from engine.demo.stories.scene import Scene
from engine.demo.stories.slapp import SLAPP
from engine.demo.stories.transit import TRANSIT

SCENES: tuple[Scene, ...] = (NIGHT_ARREST, APPAREL, SLAPP, TRANSIT, COMMUNITY, OUTAGE)


def scene_of(name: str) -> Scene | None:
    """The story of this name, or None; a dash is as good as an underscore."""
    wanted = name.strip().lower().replace("-", "_")
    return next((scene for scene in SCENES if scene.name == wanted), None)
