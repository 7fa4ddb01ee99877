"""The passphrase that opens the private keys of an installation."""

import os
import stat
from pathlib import Path

from exchange.errors import NotConfigured, Sentence
from exchange.proof.envelope import Entropy


def read_passphrase(file: Path) -> bytes:
    """
    Return the passphrase in *file*.

    Raises:
        NotConfigured: It cannot be read, is empty, or others may read it.
    """
    try:
        mode = file.stat().st_mode
        passphrase = file.read_bytes().strip()
    except OSError as error:
        raise NotConfigured(
            [
                Sentence(
                    "keys.passphrase_file: wants a file that can be read",
                    "keys.passphrase_file: se necesita un archivo legible",
                )
            ]
        ) from error
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise NotConfigured(
            [
                Sentence(
                    "keys.passphrase_file: wants mode 0600: others may read it",
                    "keys.passphrase_file: se necesita el modo 0600: otros pueden leerlo",
                )
            ]
        )
    if not passphrase:
        raise NotConfigured(
            [
                Sentence(
                    "keys.passphrase_file: wants a passphrase; the file is empty",
                    "keys.passphrase_file: se necesita una frase de paso; el archivo está vacío",
                )
            ]
        )
    return passphrase


def make_passphrase(file: Path, entropy: Entropy) -> bytes:
    """Return a fresh passphrase, now in a new *file* that only its owner may read."""
    passphrase = entropy(32).hex().encode("ascii")
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as opened:
        opened.write(passphrase + b"\n")
    return passphrase
