"""
The person's paper: one page that says when and where to be, drawn from the message itself.

Invariants:

* Whatever it says stands in the message it is drawn from, or is made of that by the calendar
  and the list of places; what the message does not say, the paper says is missing.
* It holds nothing that may not be said (design §5): it is drawn from what both sides have.
* The local time binds. It is printed as it stands and never computed.

The Portuguese and Haitian Creole words were written as plainly as possible and **need a
reader who grew up with the language before the paper is given to anybody**
(``words.UNREAD``); the command says so each time it prints one of them.
"""
