"""Reports as a hotline would send them: those of the stories, which the demo tells as well."""

from engine.demo.stories.reports import HOTLINE as HOTLINE
from engine.demo.stories.reports import SUBJECT as SUBJECT
from engine.demo.stories.reports import Report as Report
from engine.demo.stories.reports import consent as consent
from engine.demo.stories.reports import report as report
from engine.demo.stories.reports import withdrawal as withdrawal
