"""What people write down before companies are told, complete, as in the stories."""

from engine.demo.stories.records import PREFLIGHT as PREFLIGHT
from engine.demo.stories.records import for_companies as for_companies
