"""A new working directory: its settings, keys and database."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from string import Template
from tempfile import TemporaryDirectory

from exchange.errors import Sentence, UsageWrong
from exchange.installation.new_keys import make_keys
from exchange.installation.passphrase import make_passphrase
from exchange.proof.envelope import Entropy
from exchange.proof.keys import Roots
from exchange.settings import CONFIG_NAME, load_settings
from exchange.store.migrations import upgrade


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What the settings of a new working directory say."""

    side: str
    party: str
    partner: str
    partner_url: str
    listen_partner: str
    listen_internal: str
    signature_policy: str = "hybrid"
    database_url: str = "sqlite:///exchange.db"


def plan_of(side: str) -> Plan:
    """
    Return the plan of *side* for two sides that run on one machine.

    Both listen on loopback, each where the other's plan looks for it.
    """
    partner_port, internal_port, other_port = {
        "us": (8443, 8080, 9443),
        "mx": (9443, 9080, 8443),
    }[side]
    parties = {"us": "urn:handoff:us:cbp", "mx": "urn:handoff:mx:inm"}
    return Plan(
        side=side,
        party=parties[side],
        partner=parties["mx" if side == "us" else "us"],
        partner_url=f"http://127.0.0.1:{other_port}",
        listen_partner=f"127.0.0.1:{partner_port}",
        listen_internal=f"127.0.0.1:{internal_port}",
    )


def make_directory(directory: Path, plan: Plan, *, now: datetime, entropy: Entropy) -> Roots:
    """
    Make *directory* a working directory as *plan* says, and return the roots of its keys.

    All of it is made beside its place first, so that a plan that fails leaves nothing behind.

    Raises:
        UsageWrong: It is one already, or the remains of one; nothing is written over.
        NotConfigured: The plan's settings do not hold; every fault is named.
    """
    standing = [name for name in (CONFIG_NAME, "keys") if (directory / name).exists()]
    if standing:
        already = Sentence(
            f"{directory}: has {' and '.join(standing)} already; nothing was changed",
            f"{directory}: ya tiene {' y '.join(standing)}; no se cambió nada",
        )
        raise UsageWrong(already)
    directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    with TemporaryDirectory(dir=directory, prefix=".making-") as name:
        making = Path(name)
        (making / "trust").mkdir()
        (making / "keys/roots").mkdir(parents=True, mode=0o700)
        passphrase = make_passphrase(making / "keys/passphrase", entropy)
        (making / CONFIG_NAME).write_text(settings_text(plan), encoding="utf-8")
        settings = load_settings(making / CONFIG_NAME)
        roots = make_keys(settings, passphrase, now=now, entropy=entropy)
        upgrade(settings.database.full_url())
        for made in making.iterdir():
            made.rename(directory / made.name)
    return roots


def settings_text(plan: Plan) -> str:
    """Return the TOML file of *plan*: every setting, those without a default as a remark."""
    names = {name: getattr(plan, name) for name in Plan.__slots__}
    return Template(_TEXT).substitute(names)


_TEXT = """\
# The settings of one side. `exchange config check` names every fault.
# A relative path is relative to this file. A variable such as EXCHANGE_LISTEN__PARTNER
# overrides `partner` of [listen]. Secrets are in files, never here.

side = "$side"
party = "$party"
signature_policy = "$signature_policy" # "es256" for a partner without post-quantum keys
# bodies_sealed_from = 2031-01-01T00:00:00Z # as agreed: from then on for the receiver alone
rules_family = "as-announced-2019" # `exchange rules list` shows the others
acceptance_rules = "mx" # what advises officials in Mexico: this family, or one set of it

[partner]
urn = "$partner"
url = "$partner_url"
# ca_file = "tls/partner-ca.pem"
# client_certificate_file = "tls/client.pem"
# client_key_file = "tls/client.key"

[listen]
partner = "$listen_partner" # off loopback only with tls
internal = "$listen_internal"
tls = "none" # "direct": we end TLS; "behind-proxy": a proxy does, and speaks to partner_socket
# certificate_file = "tls/server.pem"
# key_file = "tls/server.key"
# client_ca_file = "tls/partner-ca.pem"
# partner_socket = "partner.sock"

[database]
url = "$database_url" # or postgresql://user@host/name
# password_file = "database.password"
commit_timeout_seconds = 10

[keys]
directory = "keys"
passphrase_file = "keys/passphrase"
trust_directory = "trust"
poll_seconds = 60
look_seconds = 5

[outbox]
lines_per_request_max = 64
requests_in_flight_max = 2
lease_seconds = 60
delivery_timeout_seconds = 30
backoff_first_seconds = 1
backoff_max_seconds = 60
retry_after_max_seconds = 300 # the longest Retry-After that we honour
signing_threads_max = 2

[inbox]
request_bytes_max = 4194304
document_bytes_max = 262144 # of our own ports and officials
head_line_bytes_max = 8190
head_fields_max = 100
head_timeout_seconds = 10
body_timeout_seconds = 10
answer_timeout_seconds = 30
linger_seconds = 2
keep_alive_seconds = 75
connections_max = 256
connections_waiting_max = 512
buffer_bytes_max = 262144 # of one connection, kept by the system, each way
requests_per_second_max = 500

[cancellation]
release_seconds = 60

[deadlines] # docs/deadlines.md says what each one bounds
receipt_seconds = 300 # from sealing a message until its receipt is held
cancellation_receipt_seconds = 120 # from the tick at which it leaves
notice_lead_seconds_min = 14400 # a notice goes out at least so long before its window opens
notice_lead_seconds_max = 259200 # and at most so long before
acknowledgment_seconds = 7200 # from the notice until Mexico's answer
acknowledgment_before_window_seconds = 3600 # at the latest so long before the window opens
window_seconds = 0 # from the end of the window, for who has not crossed
reception_seconds = 7200 # from the end of the window, where no crossing was said
reception_after_departure_seconds = 3600 # from the crossing
whereabouts_seconds = 7200 # from the crossing until nobody knows where the person is
visa_seconds = 86400 # from the reception
confirmation_seconds = 7200 # from Mexico's doubt about a hearing
delivery_seconds = 259200 # from a change of the hearing until the person was told
delivery_before_hearing_seconds = 604800 # and at the latest so long before it
last_delivery_seconds = 259200 # before the hearing, for who was not told of its change
stay_buffer_days = 14 # how long a document outlasts the day to present
stay_check_seconds = 1209600 # so long before that day
stay_extension_seconds = 259200 # and at the very last
presentation_grace_seconds = 7200 # from the hour to present
presentation_seconds = 3600 # from the end of that grace until it is said who presented
hearing_source_seconds = 86400 # how old the reading of the court's schedule may be
case_review_seconds = 12960000 # from the reception until somebody looks at the case
case_end_seconds = 15552000 # from the reception until a case has generally ended
outage_entry_seconds = 86400 # from the end of an outage until its paper is entered
next_window_days = 7 # how far ahead the next window with room is looked for

[deadlines.escalation] # after how long an open alarm reaches the next level
region_after_critical_seconds = 3600
region_after_high_seconds = 86400
region_after_normal_seconds = 432000
headquarters_after_critical_seconds = 14400
headquarters_after_high_seconds = 259200
headquarters_after_normal_seconds = 864000

[reconciliation]
look_seconds = 10

[statements] # docs/statements.md
look_seconds = 60
closes_after_seconds = 3600 # from 24 h UTC until a day has closed
days_max = 31 # how many of the last days are made up, and compared
compared_after_seconds = 600 # how long two statements may differ before they are compared
unanswered_after_seconds = 86400 # how long the next step of a comparison may take

[discrepancies] # docs/discrepancies.md says what each one bounds
critical_due_seconds = 3600
high_due_seconds = 86400
normal_due_working_days = 5
days_off = [] # from Monday to Friday, as 2019-11-28
nationalities_never = ["MEX"]
overtaking_seconds = 300
family_seconds = 900 # from a family's newest notice until all of it is announced alike
adult_seconds = 1800 # from a child's crossing until an adult of the family is received
stay_critical_seconds = 604800 # before the presentation, for a document that ends too soon
unscheduled_seconds = 604800
delivery_critical_seconds = 604800 # before the hearing, for a change that was not told
presentation_apart_seconds = 86400
exit_seconds = 86400
gap_seconds = 60
day_closes_seconds = 3600
late_entry_seconds = 86400
skew_seconds = 120
refusals_percent_max = 10
refusals_min = 2
refusals_of_one_code = 3
alert_seconds = 900
correction_seconds = 86400
cancellation_seconds = 60
court_seconds = 86400

[identity] # how alike two records of a person must be
confirmed_percent_min = 90
review_percent_min = 60
one_person_percent_min = 95

[reports] # of the day that closed, made by itself
daily_at = "06:00"
zone = "America/Tijuana"
days_max = 31 # so many missed ones are made up
look_seconds = 60

[checkpoints] # of ledger and journal
look_seconds = 10
every_seconds = 60
entries_max = 1000
night_hour_utc = 10

[retention] # when what is kept of a person is due to be erased
case_closed_days = 90
case_silent_days = 730
never_announced_days = 30
withheld_days = 365

[watch]
look_seconds = 10
expiry_warning_days = [60, 30, 14, 7] # before a key ends, each time anew

# [alarms] # who wakes a duty officer; docs/alarms.md
# webhook_url = "https://duty.example/wake"
# secret_file = "duty.secret" # whsec_ and the base64 of 32 random octets
# ca_file = "tls/duty-ca.pem"
# lease_seconds = 60
# timeout_seconds = 15
# backoff_first_seconds = 2
# backoff_max_seconds = 60
# told_within_seconds = 300 # or that is an alarm itself

[shutdown]
drain_seconds = 10 # for work already taken, after SIGTERM

[log]
level = "info"
# file = "exchange.log.jsonl" # without it, stderr
"""
