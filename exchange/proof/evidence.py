"""
What an evidence bundle proves, step by step, to whoever trusts some roots and nothing else.

Each step says of one file one thing: that it is *proven*, and by which keys; that what would
prove it is *not contained*; or that it is *broken*. Of when a line was said its speaker's own
word proves nothing: the other side's cosignature or receipt does, or a time-stamp. Signatures are
judged by the state of their keys at what is proven so, and therefore outlive the keys.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import cast

from exchange.errors import ExchangeError, UnknownKey
from exchange.proof.bundle import MANIFEST, Bundle, CheckpointFile, KeysFile, LineFile, Place
from exchange.proof.checkpoints import Checkpoint
from exchange.proof.encoding import digest, instant
from exchange.proof.envelope import find_jti, parse_envelope
from exchange.proof.jws import Line, Typ, read_line
from exchange.proof.keys import KeySet, KeyState, PublicKey
from exchange.proof.keysets import accept_newer, read_key_set
from exchange.proof.logs import ledger_leaf
from exchange.proof.merkle import is_included
from exchange.proof.noted import SKEW, Noted
from exchange.proof.policy import EVER
from exchange.proof.receipts import Receipt, Status, read_receipt
from exchange.proof.signatures import (
    check_algorithms,
    check_roles,
    check_set,
    check_signatures,
    check_typ,
    find_keys,
)
from exchange.proof.steps import (
    Claim,
    SaidLine,
    Step,
    Verdict,
    attempt,
    broken,
    missing,
    proven,
)
from exchange.proof.trust import Trust


def verify_bundle(bundle: Bundle, trust: Trust) -> Verdict:
    """What *bundle* proves to whoever trusts *trust*; nothing in it is believed beyond that."""
    verifying = _Verifying(bundle, trust)
    steps = tuple(verifying.steps())
    return Verdict(steps, tuple(verifying.said.values()))


@dataclass(slots=True)
class _Verifying:
    """The steps of one bundle, each with what those before it have proven."""

    bundle: Bundle
    trust: Trust
    key_sets: dict[str, KeySet] = field(default_factory=dict)
    said: dict[str, SaidLine] = field(default_factory=dict)
    notes: dict[str, Checkpoint] = field(default_factory=dict)
    witnessed: dict[str, list[tuple[str | None, datetime]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    """Of each file: by whom it is shown to have been there, and when; None for an authority."""

    def steps(self) -> Iterator[Step]:
        """Take every step."""
        manifest, altered = self.bundle.manifest, self.bundle.broken_files
        yield from (broken(Claim.FILE, name, "file-altered") for name in altered)
        files = {k: v for k, v in self.bundle.files.items() if k not in altered}
        yield from (self._keys(one, files) for one in manifest.keys if one.file in files)
        yield self._manifest()
        for note in manifest.checkpoints:
            if note.file in files:
                yield from self._checkpoint(note, files)
        lines = [one for one in manifest.lines if one.file in files]
        for line in lines:
            yield from self._line(line, files[line.file])
        for line in lines:
            if line.file in self.said:
                yield from self._places(line)
        yield from self._receipts()
        yield from map(self._time, self.said.values())

    def _checkpoint(self, file: CheckpointFile, files: Mapping[str, bytes]) -> Iterator[Step]:
        noted = Noted(
            file=file,
            files=files,
            key_sets=self.key_sets,
            authorities=self.trust.authorities,
            other=self._other(file.party),
            made_at=instant(self.bundle.manifest.iat),
        )
        yield from noted.steps()
        if noted.checkpoint is not None:
            self.notes[file.file] = noted.checkpoint
        self.witnessed[file.file] += noted.witnessed

    def _keys(self, file: KeysFile, files: Mapping[str, bytes]) -> Step:
        """Who trusts the roots of a party believes its keys; each newer set keeps the older."""
        roots = self.trust.parties.get(file.party)
        if roots is None:
            return broken(Claim.KEYS, file.file, "untrusted-root")

        def read() -> Step:
            found = read_key_set(files[file.file], roots, issuer=file.party)
            self.key_sets[file.party] = _newest(self.key_sets.get(file.party), found)
            kids = tuple(root.kid for root in roots.keys)
            return proven(Claim.KEYS, file.file, party=file.party, kids=kids, at=found.issued_at)

        return attempt(Claim.KEYS, file.file, read)

    def _manifest(self) -> Step:
        """Who made the bundle says so: it proves that nothing was added or left out since."""
        manifest = self.bundle.manifest
        made_at = instant(manifest.iat)

        def read() -> Step:
            keys = self._signers(self.bundle.line, manifest.iss, Typ.EVIDENCE)
            if any(key.state_at(made_at) is not KeyState.ACTIVE for key in keys):
                return broken(Claim.MANIFEST, MANIFEST, "key-not-active")
            kids = tuple(key.kid for key in keys)
            return proven(Claim.MANIFEST, MANIFEST, party=manifest.iss, kids=kids, at=made_at)

        return attempt(Claim.MANIFEST, MANIFEST, read)

    def _signers(self, line: Line, issuer: str, typ: Typ) -> tuple[PublicKey, ...]:
        """
        The keys of *issuer* by which every signature of *line* holds, whatever their state.

        Raises:
            LineRefused: One does not, or they are no set that a message may carry.
        """
        keys = find_keys(line, self._held(issuer).keys)
        halves = [key.half for key in keys]
        check_algorithms(line, halves)
        check_roles(keys)
        check_set(halves, EVER.ever(Typ.MESSAGE))
        check_signatures(line, halves)
        check_typ(line, typ)
        return keys

    def _held(self, party: str) -> KeySet:
        """
        The keys of *party*, once its roots are trusted.

        Raises:
            UnknownKey: They are not, or no key set of it is here.
        """
        if party not in self.key_sets:
            raise UnknownKey
        return self.key_sets[party]

    # --- Lines ----------------------------------------------------------------------------

    def _line(self, file: LineFile, octets: bytes) -> Iterator[Step]:
        """Its speaker signed it; and its body is the one that was signed."""

        def read() -> Step:
            said = self.said[file.file] = self._read(file, read_line(octets))
            return proven(Claim.SIGNATURE, file.file, party=said.issuer, kids=said.kids)

        yield attempt(Claim.SIGNATURE, file.file, read)
        if file.file in self.said:
            yield from _body(self.said[file.file])

    def _read(self, file: LineFile, line: Line) -> SaidLine:
        """
        What *line* says, once it is proven who of both sides said it.

        Raises:
            ExchangeError: Neither did.
        """
        issuer = self._owner(line)
        if file.kind == "receipt":
            held, audience = self._held(issuer), self._other(issuer)
            receipt = read_receipt(line, held, accepted=EVER, audience=audience)
            keys = find_keys(line, held.keys)
            return SaidLine(file=file.file, issuer=issuer, line=line, keys=keys, receipt=receipt)
        keys = self._signers(line, issuer, Typ.MESSAGE)
        said = SaidLine(file=file.file, issuer=issuer, line=line, keys=keys)
        try:
            envelope = parse_envelope(line.payload)
        except ExchangeError:
            return said  # kept as evidence of what was sent, whatever it says
        is_theirs = (envelope.iss, envelope.aud) == (issuer, self._other(issuer))
        return replace(said, envelope=envelope) if is_theirs else said

    def _owner(self, line: Line) -> str:
        """The party that has the key which *line* names first; the maker where neither has."""
        kid = line.signatures[0].header.kid
        holders = (party for party, held in self.key_sets.items() if kid in held.keys)
        return next(holders, self.bundle.manifest.iss)

    def _other(self, party: str) -> str:
        one, other = self.bundle.manifest.parties
        return other if party == one else one

    def _places(self, file: LineFile) -> Iterator[Step]:
        """It stands in the ledgers, as their checkpoints say."""
        said = self.said[file.file]
        owners = {one.file: one.party for one in self.bundle.manifest.checkpoints}
        found: set[str] = set()
        for place in file.places:
            owner = owners[place.checkpoint]
            found.add(owner)
            if self._is_there(said, file, owner, place):
                self.witnessed[file.file] += self.witnessed[place.checkpoint]
                yield proven(Claim.INCLUSION, file.file, party=owner, code=place.checkpoint)
            else:
                yield broken(Claim.INCLUSION, file.file, "other-tree", party=owner)
        for party in self.bundle.manifest.parties:
            if party not in found:
                yield missing(Claim.INCLUSION, file.file, party=party)

    def _is_there(self, said: SaidLine, file: LineFile, owner: str, place: Place) -> bool:
        checkpoint = self.notes.get(place.checkpoint)
        if checkpoint is None:
            return False
        leaf = ledger_leaf(
            direction="sent" if said.issuer == owner else "received",
            kind=file.kind,
            iss=said.issuer,
            jti=find_jti(said.line.payload),
            pld=said.line.pld,
            sig=said.line.sig,
        )
        size, root = checkpoint.size, checkpoint.root
        return is_included(leaf, number=place.number, size=size, proof=place.proof, root=root)

    def _receipts(self) -> Iterator[Step]:
        """Of each message: what its hearer made of it, by its own signature."""
        covering: dict[tuple[str, bytes, bytes], list[tuple[SaidLine, Receipt, Status]]]
        covering = defaultdict(list)
        for said in self.said.values():
            for item in said.receipt.items if said.receipt else ():
                found = (said, cast("Receipt", said.receipt), item.status)
                covering[said.issuer, item.pld, item.sig].append(found)
        for said in self.said.values():
            if said.receipt is None:
                hearer = self._other(said.issuer)
                yield self._receipt(said, hearer, covering[hearer, said.line.pld, said.line.sig])

    def _receipt(
        self, said: SaidLine, hearer: str, found: Sequence[tuple[SaidLine, Receipt, Status]]
    ) -> Step:
        if not found:
            return missing(Claim.RECEIPT, said.file, party=hearer)
        if len({status for _, _, status in found}) > 1:
            return broken(Claim.RECEIPT, said.file, "receipts-differ", party=hearer)
        line, receipt, status = min(found, key=lambda one: one[1].iat)
        self.witnessed[said.file].append((hearer, receipt.signed_at))
        at, kids = receipt.signed_at, line.kids
        return proven(Claim.RECEIPT, said.file, party=hearer, kids=kids, at=at, code=status.value)

    def _time(self, said: SaidLine) -> Step:
        """Somebody else shows that it was there while its keys could sign."""
        shown = [at for who, at in self.witnessed[said.file] if who != said.issuer]
        signed_at, by = said.signed_at, min(shown, default=None)
        if signed_at is None or by is None:
            return missing(Claim.TIME, said.file, party=said.issuer)
        if not all(key.state_at(signed_at) is KeyState.ACTIVE for key in said.keys):
            return broken(Claim.TIME, said.file, "key-not-active", party=said.issuer)
        if by + SKEW < signed_at:
            return broken(Claim.TIME, said.file, "from-the-future", party=said.issuer)
        if not all(key.state_at(max(by, signed_at)) is KeyState.ACTIVE for key in said.keys):
            return missing(Claim.TIME, said.file, party=said.issuer, code="key-not-active")
        return proven(Claim.TIME, said.file, party=said.issuer, kids=said.kids, at=by)


def _newest(held: KeySet | None, read: KeySet) -> KeySet:
    """
    The newer of two key sets of a party, whichever was read first.

    Raises:
        KeySetRefused: The newer one does not keep what the older one had.
    """
    if held is None:
        return read
    older, newer = sorted((held, read), key=lambda one: one.serial)
    return accept_newer(older, newer)


def _body(said: SaidLine) -> Iterator[Step]:
    """The body is the one that the envelope binds."""
    if said.envelope is None:
        return
    if said.line.body is None:
        yield missing(Claim.BODY, said.file, party=said.issuer)
    elif digest(said.line.body) != said.envelope.bod:
        yield broken(Claim.BODY, said.file, "body-digest", party=said.issuer)
    else:
        yield proven(Claim.BODY, said.file, party=said.issuer, kids=said.kids)
