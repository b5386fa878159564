"""Phones and mailboxes, as in the stories."""

from engine.demo.stories.inbox import Inbox as Inbox
from engine.demo.stories.inbox import Unread as Unread
