"""A mail server and an SMS gateway that keep what they are given: for the demo and for tests.

Loopback only, never a way to deliver anything. Each call back happens before the sender is told
that its message was taken, so whoever stops in between has counted it. Lean on purpose: in a
benchmark they share the machine with what is measured.
"""

from notifiers.sinks.http import Answer, HttpSink, Request, SmsGatewaySink, Text
from notifiers.sinks.smtp import Mail, SmtpSink

__all__ = ["Answer", "HttpSink", "Mail", "Request", "SmsGatewaySink", "SmtpSink", "Text"]
