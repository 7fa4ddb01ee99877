"""Every target, in the order of the journey from the network inwards."""

from tests.fuzz.target import Target
from tests.fuzz.targets import (
    answers,
    base64url,
    bodies,
    data_files,
    decisions,
    envelopes,
    grammar,
    headers,
    keysets,
    lines,
    messages,
    partner_answers,
    sealed,
)

TARGETS: tuple[Target, ...] = (
    *headers.TARGETS,
    *lines.TARGETS,
    *base64url.TARGETS,
    *grammar.TARGETS,
    *envelopes.TARGETS,
    *messages.TARGETS,
    *bodies.TARGETS,
    *keysets.TARGETS,
    *sealed.TARGETS,
    *partner_answers.TARGETS,
    *decisions.TARGETS,
    *answers.TARGETS,
    *data_files.TARGETS,
)

BY_NAME = {target.name: target for target in TARGETS}
