"""
The wiring: settings in, a running service out.

The only place that constructs anything. ``running`` is the life of one side, ``legs`` makes
the legs of the journey, ``doors`` the two listeners, ``outside`` what reaches beyond the
process: the network, TLS, the log, the event loop.
"""

from exchange.service.running import Service, run

__all__ = ["Service", "run"]
