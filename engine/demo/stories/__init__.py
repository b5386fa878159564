"""Stories that must come true: each one script, told by the tests and by `tocsin demo`.

A script (`night_arrest`, `apparel` …) says who does what when, and who is told what when. It runs
against a `Teller`: in the tests time is virtual and every door is a port; in the demo everything
is real and somebody watches. What a script expects and does not find fails it in both.
"""
