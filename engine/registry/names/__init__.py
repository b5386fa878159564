"""Names in words: which country, which party. Exact, or for a human.

What lives here: pure code over packaged tables of names, and an index over the parties' own. What
may not: anything that reads the store or the network, any guess that becomes a code or a party, any
transliteration or likeness in resolving.

`countries` and `parties` are the two doors. In both only `Resolved` carries what may be linked.
"""
