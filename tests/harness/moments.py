"""Times as people say them, as in the stories."""

from engine.demo.stories.moments import last_moment as last_moment
from engine.demo.stories.moments import moment as moment
from engine.demo.stories.moments import next_moment as next_moment
