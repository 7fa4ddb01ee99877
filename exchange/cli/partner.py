"""The partner's keys as we know them now: trusted first, then whatever its roots signed since."""

from typing import TYPE_CHECKING

from exchange.cli.database import read

if TYPE_CHECKING:
    from exchange.installation.published import Published
    from exchange.settings import Settings


def newest_partner_keys(settings: "Settings") -> "Published":
    """
    Return the newest key set of the partner: the trusted file's, or one fetched since.

    Raises:
        NotConfigured: The partner is not trusted yet, or there is no database.
    """
    from exchange.installation.published import Published, partner_keys
    from exchange.proof.keysets import read_key_set
    from exchange.store.partner import find_key_set

    trusted = partner_keys(settings)
    stored = read(settings, find_key_set)
    if stored is None or stored.serial <= trusted.key_set.serial:
        return trusted
    newest = read_key_set(stored.octets, trusted.roots, issuer=settings.partner.urn)
    return Published(trusted.roots, newest, stored.octets)
