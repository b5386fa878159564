"""The doors for programs: reports in, signs of health out, described by OpenAPI.

What lives here: routes, reading bodies within limits, one shape of answer. What may not: judging a
report (`engine.intake`), HTML, and any answer that shows a traceback or an address elsewhere.
"""
