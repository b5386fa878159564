"""Invented parties, people and duty: those of the stories, which the demo tells as well."""

from engine.demo.stories.places import ALWAYS as ALWAYS
from engine.demo.stories.places import OFFICE as OFFICE
from engine.demo.stories.places import Place as Place
from engine.demo.stories.places import contact as contact
from engine.demo.stories.places import duty as duty
from engine.demo.stories.places import faro as faro
from engine.demo.stories.places import link as link
from engine.demo.stories.places import party as party
from engine.demo.stories.places import person as person
from engine.demo.stories.places import place as place
