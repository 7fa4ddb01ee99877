"""
What one side has on its disk: made once by `init`, opened by every process.

::

    exchange.toml            the settings
    exchange.db              the database, unless the settings name a server
    keys/passphrase          what opens the private keys
    keys/<kid>.jwk           a signing key, encrypted (or <kid>.pem)
    keys/journal.jws         the public keys of our journal, signed by our roots: given to nobody
    keys/bodies.jwk          wraps the data key of each handoff
    keys/bodies-before.jwk   wrapped them before, until `db rewrap --finish`
    keys/search.jwk          digests what is searched for
    keys/roots/<kid>.jwk     a root key: to be moved away from the machine that serves
    keys/roots.json          our public roots        } what the partner is given
    keys/public.jws          our public key set      }
    trust/roots.json         the partner's, compared by fingerprint
    trust/public.jws

A key's name is drawn from the key itself, so no name is ever used for two keys.
"""
