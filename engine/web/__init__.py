"""Pages for people and doors for programs, over HTTP.

What lives here: `app` composes them; `answer/` is the page a recipient answers on; `console/` is
the desk's board; `words/` turns codes into English; `templates/` and `static/` are what browsers
get. What may not: SQL (`engine.store`), deciding (`engine.case`, `rules`), scripts, foreign assets.
Add a page: a route in its folder, a template, a line in the size and naughty-string tests.
"""
