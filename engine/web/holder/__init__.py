"""The page of whoever holds a consent: who was told, who was not and why, and one button to stop.

What lives here: the page behind a signed link, and its words. What may not: names of people, of
either side, references of cases, and anything sealed. Everything is read; the one thing it does is
to take the consent back.
"""
