"""A time-stamping authority that stamps whatever it is asked to, with OpenSSL's own `ts`."""

import datetime as dt
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ec import (
    SECP256R1,
    EllipticCurvePrivateKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from exchange.proof.timestamps import Authority, read_authority

OPENSSL = ["openssl"] if shutil.which("openssl") or "CI" in os.environ else []
"""Without it what it answers is tested where it is: in CI it always is."""

_SETTINGS = """
[tsa]
default_tsa = here
[here]
serial = {directory}/serial
crypto_device = builtin
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
ordering = yes
ess_cert_id_alg = sha256
"""


@dataclass(frozen=True, slots=True)
class StampingAuthority:
    """A root, and under it one certificate for nothing but stamping."""

    directory: Path
    root: x509.Certificate

    @property
    def trusted(self) -> Authority:
        """What whoever trusts it has of it."""
        return read_authority(self.root.public_bytes(Encoding.PEM))

    def answer(self, question: bytes) -> bytes:
        """Return what OpenSSL answers."""
        asked, answered = self.directory / "asked.tsq", self.directory / "answered.tsr"
        asked.write_bytes(question)
        files = ("-queryfile", asked, "-inkey", self.directory / "stamp.pem", "-out", answered)
        of_ours = ("-config", self.directory / "ts.cnf", "-signer", self.directory / "stamp.crt")
        command = ("openssl", "ts", "-reply", *files, *of_ours)
        subprocess.run(command, check=True, capture_output=True)
        return answered.read_bytes()


def new_authority(directory: Path) -> StampingAuthority:
    """Return an authority that keeps its files in a directory."""
    root_key, key = (generate_private_key(SECP256R1()) for _ in range(2))
    root = _certificate("Root of Time", "Root of Time", root_key, root_key)
    leaf = _certificate("Time", "Root of Time", key, root_key, ExtendedKeyUsageOID.TIME_STAMPING)
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (directory / "stamp.pem").write_bytes(pem)
    (directory / "stamp.crt").write_bytes(leaf.public_bytes(Encoding.PEM))
    (directory / "serial").write_text("01\n", encoding="ascii")
    (directory / "ts.cnf").write_text(_SETTINGS.format(directory=directory), encoding="ascii")
    return StampingAuthority(directory, root)


def _certificate(
    name: str,
    issuer: str,
    key: EllipticCurvePrivateKey,
    signer: EllipticCurvePrivateKey,
    usage: x509.ObjectIdentifier | None = None,
) -> x509.Certificate:
    now = dt.datetime.now(dt.UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(_named(name))
        .issuer_name(_named(issuer))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=usage is None, path_length=None), critical=True)
    )
    if usage is not None:
        builder = builder.add_extension(x509.ExtendedKeyUsage([usage]), critical=True)
    return builder.sign(signer, hashes.SHA256())


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
