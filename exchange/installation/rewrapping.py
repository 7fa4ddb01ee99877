"""
The key under which data keys are kept gives way to a new one, in three steps that may each be cut.

A new key stands ready beside, then takes the place of the old one, which stays until nothing is
under it. No body is touched: only the data keys are wrapped anew.
"""

from pathlib import Path

from exchange.errors import Sentence, UsageWrong
from exchange.installation.opening import BODIES, BODIES_BEFORE
from exchange.installation.passphrase import read_passphrase
from exchange.proof.custody import KEY_BYTES
from exchange.proof.envelope import Entropy
from exchange.proof.jws import KeyId
from exchange.proof.keyfiles import SecretKey, write_secret_key
from exchange.settings import Settings

_READY = "bodies-next"
_NAME_BYTES = 6


def take_over(settings: Settings, *, entropy: Entropy) -> bool:
    """
    Have a new key in the place of the old one; say whether that was done now.

    While the old one is still here nothing is: what is under it is wrapped anew first.

    Raises:
        NotConfigured: The passphrase cannot be read.
    """
    now, before, ready = (_file(settings, name) for name in (BODIES, BODIES_BEFORE, _READY))
    if before.exists() and now.exists():
        return False
    if not ready.exists():
        kid = f"{settings.side}-{BODIES}-{entropy(_NAME_BYTES).hex()}"
        secret = SecretKey(KeyId(kid), BODIES, entropy(KEY_BYTES))
        passphrase = read_passphrase(settings.keys.passphrase_file)
        write_secret_key(ready, secret, passphrase, entropy=entropy)
    if now.exists():
        now.replace(before)
    ready.replace(now)
    return True


def finish(settings: Settings, *, changed: int) -> None:
    """
    Have the old key gone, now that *changed* is how many data keys were still under it.

    Raises:
        UsageWrong: Some were: a service that has not started anew still uses it.
    """
    if changed:
        still = Sentence(
            "--finish: a data key was still made under the old key; restart the service first",
            "--finish: aún se hizo una llave de datos con la llave anterior; reinicie antes el "
            "servicio",
        )
        raise UsageWrong(still)
    _file(settings, BODIES_BEFORE).unlink(missing_ok=True)


def _file(settings: Settings, name: str) -> Path:
    return settings.keys.directory / f"{name}.jwk"
