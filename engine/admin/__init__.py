"""What an operator may ask of a running engine, by name, as a person who is logged in.

What lives here: one function per question or act, the table of who may ask what, and the loopback
door through which the command line reaches it. What may not: deciding (that is the desk's), SQL
(the store's), sentences for terminals (`engine/cli`). Add one: a model of its arguments, a
function, a line in the table, and a test.
"""
