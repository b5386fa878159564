"""Webhook: a small signed note to a recipient's own system.

The client is ours: an asyncio protocol over h11, kept connections, the vetted address. Measured on
two cores, Python 3.11, 660-byte requests over 8 kept connections to a sink in another process, CPU
of the client per request:

    httpx2 2.16        0.75 ms
    h11, as here       0.10 ms
    parsed by hand     0.014 ms

With rendering, JSON, signature and pool a webhook costs 0.25 ms: 6,000 first tells in 1.5 s.

Chosen: h11. Its parser is the strict one that httpx2 uses itself, so what is saved is all
machinery around it; what the hand-written parser would save is not worth being wrong about bytes
that a stranger sends. Connecting ourselves is also what lets us connect to exactly the address that
was vetted. SMS gateways, which are slow by themselves and differ in everything, go by httpx2.
"""
