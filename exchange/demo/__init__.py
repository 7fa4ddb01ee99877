"""
The demo: both authorities on this machine, fictional people, planted faults, one account.

Everything runs as it would in the field: two processes of ``exchange serve`` on two ordinary
working directories, called by ports and officials over HTTP. Only the people, the hands on
the keyboards and the network between the two are made up here.
"""

from exchange.demo.run import run

__all__ = ["run"]
