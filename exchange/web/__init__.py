"""
The two listeners: where the partner speaks to us, and where our own ports and officials do.

They never share a route. A handler reads the request, calls one function of ``flow``, and
answers; it never calls the partner, and it knows no SQL. ``problems`` alone knows which
status an error becomes; ``routes`` is the table that both the router and the OpenAPI
description are made from.
"""
