"""The bodies of the messages, one file for each type, and the catalogue that lists them."""
