"""The settings are one frozen model, and every fault in them is named at once."""

from pathlib import Path

import pytest

from exchange.errors import NotConfigured
from exchange.settings import Settings, load_settings
from exchange.settings.kinds import Address
from exchange.store.engine import normal_url

MINIMAL = """
side = "us"
party = "urn:handoff:us:cbp"
[partner]
urn = "urn:handoff:mx:inm"
url = "http://127.0.0.1:9443"
"""

WEBHOOK = 'webhook_url = "https://duty.example/wake"'


@pytest.fixture
def directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a working directory with what the defaults name, and no EXCHANGE_ variable."""
    for name in ("EXCHANGE_CONFIG", "EXCHANGE_SIDE"):
        monkeypatch.delenv(name, raising=False)
    for name in ("keys", "trust"):
        (tmp_path / name).mkdir()
    (tmp_path / "secret").write_text(f"whsec_{'A' * 32}\n", encoding="ascii")
    (tmp_path / "keys/passphrase").write_text("not a real one", encoding="utf-8")
    return tmp_path


def settings_of(directory: Path, text: str) -> Settings:
    """Write *text* as the TOML file of *directory* and load it."""
    file = directory / "exchange.toml"
    file.write_text(text, encoding="utf-8")
    return load_settings(file)


def faults_of(directory: Path, text: str) -> tuple[str, ...]:
    """Return what is wrong with *text* as a TOML file."""
    with pytest.raises(NotConfigured) as caught:
        settings_of(directory, text)
    return caught.value.faults


def test_a_minimal_file_is_enough(directory: Path) -> None:
    """Side, party and partner are all an operator must say."""
    settings = settings_of(directory, MINIMAL)
    assert settings.listen.partner == Address("127.0.0.1", 8443)
    assert settings.signature_policy == "hybrid"
    assert settings.outbox.lines_per_request_max == 64


def test_paths_are_relative_to_the_file(
    directory: Path, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Starting the command elsewhere does not move the keys, the database or the log."""
    monkeypatch.chdir(tmp_path_factory.mktemp("elsewhere"))
    settings = settings_of(directory, MINIMAL + '[log]\nfile = "log.jsonl"\n')
    assert settings.directory == directory
    assert settings.database.url == f"sqlite:///{directory}/exchange.db"
    assert settings.log.file == directory / "log.jsonl"


def test_the_environment_overrides_the_file(
    directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """EXCHANGE_LISTEN__PARTNER wins over the file and leaves its neighbours alone."""
    monkeypatch.setenv("EXCHANGE_LISTEN__PARTNER", "[::1]:7000")
    settings = settings_of(directory, MINIMAL + '[listen]\ninternal = "127.0.0.1:7001"\n')
    assert str(settings.listen.partner) == "[::1]:7000"
    assert str(settings.listen.internal) == "127.0.0.1:7001"


def test_the_variable_names_the_file(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """EXCHANGE_CONFIG stands for --config."""
    settings_of(directory, MINIMAL)
    monkeypatch.setenv("EXCHANGE_CONFIG", str(directory / "exchange.toml"))
    assert load_settings().side == "us"


def test_nothing_changes_them(directory: Path) -> None:
    """Settings are frozen, at the top and in every section."""
    settings = settings_of(directory, MINIMAL)
    with pytest.raises(ValueError, match="frozen"):
        settings.side = "mx"  # type: ignore[misc]  # the point of the test
    with pytest.raises(ValueError, match="frozen"):
        settings.outbox.lease_seconds = 1  # type: ignore[misc]  # the point of the test


def test_all_faults_are_reported_at_once(directory: Path) -> None:
    """Every setting at fault is named with what it wants, in one go."""
    faults = faults_of(
        directory,
        """
        side = "us"
        party = "urn:handoff:mx:inm"
        colour = "blue"
        [partner]
        urn = "inm"
        [listen]
        partner = "8443"
        internal = "127.0.0.1:99999"
        [outbox]
        lease_seconds = 0
        delivery_timeout_seconds = 90
        [inbox]
        conections_max = 3
        [database]
        url = "mysql://db/exchange"
        [keys]
        directory = "nowhere"
        """,
    )
    named = {fault.split(":", 1)[0] for fault in faults}
    assert named == {
        "party",
        "colour",
        "partner.urn",
        "partner.url",
        "listen.partner",
        "listen.internal",
        "outbox.lease_seconds",
        "inbox.conections_max",
        "database.url",
        "keys.directory",
    }
    assert "outbox.lease_seconds: wants a number, greater than 0, at most 86400" in "\n".join(
        faults
    )


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ('[listen]\npartner = "0.0.0.0:8443"\n', "listen.tls: wants "),
        ('[listen]\ntls = "direct"\n', 'listen.tls: "direct" wants listen.certificate_file'),
        ('[listen]\ntls = "behind-proxy"\n', 'listen.tls: "behind-proxy" wants listen.partner_soc'),
        ("[outbox]\nlease_seconds = 30\n", "outbox.delivery_timeout_seconds: wants less"),
        ("[outbox]\nbackoff_first_seconds = 61\n", "outbox.backoff_max_seconds: wants at least"),
        ('[database]\nurl = "postgresql://a:s3cr3t@db/x"\n', "database.url: wants no password"),
        ('[keys]\npassphrase_file = "absent"\n', "keys.passphrase_file: wants a file"),
        ('[alarms]\nsecret_file = "secret"\n', "alarms.secret_file: wants alarms.webhook_url"),
        (f"[alarms]\n{WEBHOOK}\n", "alarms.secret_file: wants alarms.webhook_url beside it"),
        (f'[alarms]\n{WEBHOOK}\nsecret_file = "keys/passphrase"\n', "alarms.secret_file: wants a"),
        ("[alarms]\nlease_seconds = 15\n", "alarms.timeout_seconds: wants less than alarms.leas"),
        ("[alarms]\nbackoff_first_seconds = 61\n", "alarms.backoff_max_seconds: wants at least"),
    ],
)
def test_what_does_not_go_together_is_refused(directory: Path, text: str, fault: str) -> None:
    """A combination that would be unsafe or senseless is a fault of one named setting."""
    faults = faults_of(directory, MINIMAL + text)
    assert len(faults) == 1
    assert faults[0].startswith(fault)
    assert "s3cr3t" not in faults[0]


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("http://127.0.0.1:9443", "http://inm.example:9443", "partner.url: wants https://"),
        ("http://127.0.0.1:9443", "https://inm.example/v1", 'partner.url: wants "https://host'),
        ("urn:handoff:mx:inm", "urn:handoff:us:ice", "partner: its urn wants"),
        ("urn:handoff:mx:inm", "urn:handoff:mx:inm:test", "partner: its urn and party"),
    ],
)
def test_the_partner_is_the_other_side_and_reached_safely(
    directory: Path, old: str, new: str, fault: str
) -> None:
    """A partner of our own side, of the other installation, or in the clear is refused."""
    (found,) = faults_of(directory, MINIMAL.replace(old, new))
    assert found.startswith(fault)


def test_a_certificate_without_its_key_is_refused(directory: Path) -> None:
    """Half a client identity towards the partner is a fault, not a surprise at the first call."""
    (directory / "client.pem").touch()
    (found,) = faults_of(directory, MINIMAL + 'client_certificate_file = "client.pem"\n')
    assert found.startswith("partner.client_key_file: wants")


def test_the_internal_listener_stays_on_loopback(directory: Path) -> None:
    """Bearer tokens travel there, and it has no TLS of its own."""
    (found,) = faults_of(directory, MINIMAL + '[listen]\ninternal = "0.0.0.0:8080"\n')
    assert found.startswith("listen.internal: wants a loopback address")


def test_the_partner_listener_may_be_public_with_tls(directory: Path) -> None:
    """With certificate, key and the partner's authority, any address may be listened on."""
    for name in ("cert.pem", "key.pem", "ca.pem"):
        (directory / name).touch()
    settings = settings_of(
        directory,
        MINIMAL
        + """
        [listen]
        partner = "0.0.0.0:8443"
        tls = "direct"
        certificate_file = "cert.pem"
        key_file = "key.pem"
        client_ca_file = "ca.pem"
        """,
    )
    assert settings.listen.key_file == directory / "key.pem"


def test_the_password_comes_from_its_file(directory: Path) -> None:
    """The database password joins the URL only when the store asks for it."""
    (directory / "password").write_text("p@ss word\n", encoding="utf-8")
    settings = settings_of(
        directory,
        MINIMAL + '[database]\nurl = "postgresql://exchange@db/x"\npassword_file = "password"\n',
    )
    assert settings.database.url == "postgresql+psycopg://exchange@db/x"
    assert settings.database.full_url() == "postgresql+psycopg://exchange:p%40ss word@db/x"


@pytest.mark.parametrize(
    ("url", "hosts"),
    [
        ("postgresql://exchange@one:5432,two:5433/x", "one:5432,two:5433"),
        ("postgresql://exchange@/x?host=one:5432&host=two:5433", "one:5432,two:5433"),
        ("postgresql:///x?host=/run/postgresql", "/run/postgresql"),
    ],
)
def test_a_database_may_have_several_hosts(directory: Path, url: str, hosts: str) -> None:
    """The driver is given every host, written as libpq has them or one by one, and the rest."""
    asked = f"{url}{'&' if '?' in url else '?'}target_session_attrs=read-write"
    settings = settings_of(directory, MINIMAL + f'[database]\nurl = "{asked}"\n')
    parsed = normal_url(settings.database.full_url())
    _, given = parsed.get_dialect()().create_connect_args(parsed)
    named = given["host"].split(",")
    ports = given["port"].split(",") if "port" in given else [None]
    spoken = [f"{host}:{port}" if port else host for host, port in zip(named, ports, strict=True)]
    assert ",".join(spoken) == hosts
    assert (given["dbname"], given["target_session_attrs"]) == ("x", "read-write")
    assert given["connect_timeout"] == "5"


def test_a_missing_or_broken_file_says_so(directory: Path) -> None:
    """No file, or one that is not TOML, is one fault that names --config."""
    with pytest.raises(NotConfigured, match="--config: no settings at"):
        load_settings(directory / "absent.toml")
    (fault,) = faults_of(directory, "side = ")
    assert fault.startswith("--config: not a TOML file")
    (fault,) = faults_of(directory, "side = " + "[" * 2000)
    assert fault == "--config: its values are nested too deeply"
    (directory / "exchange.toml").write_bytes(b"side = \xff")
    with pytest.raises(NotConfigured, match="--config: it is not UTF-8 text"):
        load_settings(directory / "exchange.toml")


def test_a_section_is_no_single_value(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A variable that names a whole section is a fault, not a traceback."""
    monkeypatch.setenv("EXCHANGE_LISTEN", "127.0.0.1:7000")
    (fault,) = faults_of(directory, MINIMAL)
    assert "listen" in fault


@pytest.mark.parametrize(
    "url",
    [
        "http://duty.example/wake",
        "ftp://127.0.0.1/wake",
        "https:///wake",
        "https://user@duty.example/wake",
        "https://duty.example/wake#part",
        "duty.example",
    ],
)
def test_alarms_are_told_over_tls_or_on_this_machine(directory: Path, url: str) -> None:
    """Any other address is refused by the name of its setting, and not repeated."""
    text = f'[alarms]\nwebhook_url = "{url}"\nsecret_file = "secret"\n'
    (fault,) = faults_of(directory, MINIMAL + text)
    assert fault.startswith("alarms.webhook_url: wants")
    assert "duty.example" not in fault


@pytest.mark.parametrize("url", ["https://duty.example:8443/a/b?c=d", "http://127.0.0.1:9000/wake"])
def test_a_webhook_has_its_secret_in_a_file(directory: Path, url: str) -> None:
    """The secret is what the file says, and never among the settings."""
    text = f'[alarms]\nwebhook_url = "{url}"\nsecret_file = "secret"\n'
    settings = settings_of(directory, MINIMAL + text)
    assert settings.alarms.webhook_url == url
    assert settings.alarms.secret() == bytes(24)
    assert "AAAA" not in repr(settings)


def test_without_a_webhook_there_is_no_secret(directory: Path) -> None:
    """Nobody is told, and nothing is read."""
    alarms = settings_of(directory, MINIMAL).alarms
    assert (alarms.webhook_url, alarms.secret()) == (None, b"")
