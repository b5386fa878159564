"""The page a recipient answers on. Opening it changes nothing; a code from the message opens it.

What lives here: the stages, the signed state between them, the content per audience.
What may not: fields the guard has not projected, scripts, cookies, anything a scanner can trip.
"""
