"""
One frozen model of everything an operator may set: one TOML file, then the environment.

- A variable ``EXCHANGE_LISTEN__PARTNER`` overrides ``partner`` of ``[listen]``.
- A secret is never a setting: the setting names the file that holds it.
- A relative path is relative to the TOML file, wherever the command was started.
- Every limit has its unit in its name.
- All faults are reported at once, each with the setting's name and what it wants, and no
  fault repeats a value.
"""

import os
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Literal

from pydantic import AwareDatetime, Field, ValidationError, ValidationInfo, field_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    SettingsError,
    TomlConfigSettingsSource,
)

from exchange.domain.acceptance import AcceptanceRules
from exchange.domain.deadlines import Limits
from exchange.domain.discrepancies.thresholds import Thresholds
from exchange.domain.identity import IdentityLimits
from exchange.domain.retention import Retention
from exchange.domain.screening import RuleSet
from exchange.errors import NotConfigured, Sentence
from exchange.installation.shipped import shipped_acceptance, shipped_rule_sets
from exchange.settings.alarms import Alarms
from exchange.settings.checkpoints import Checkpoints
from exchange.settings.connections import Listen, Partner
from exchange.settings.faults import faults_of, not_json, not_toml
from exchange.settings.inbox import Inbox
from exchange.settings.keys import Keys
from exchange.settings.kinds import Urn, file_being_read, reading
from exchange.settings.reports import Reports
from exchange.settings.sections import (
    Cancellation,
    Database,
    Log,
    Outbox,
    Reconciliation,
    Shutdown,
    Statements,
    Watch,
)

CONFIG_VARIABLE = "EXCHANGE_CONFIG"
CONFIG_NAME = "exchange.toml"


def load_settings(path: Path | None = None) -> "Settings":
    """
    Return the settings of the TOML file *path*, overridden by the environment.

    Without *path* the file is the one that ``EXCHANGE_CONFIG`` names, else
    ``exchange.toml`` in the current directory.

    Raises:
        NotConfigured: Something is missing or wrong; every fault is named.
    """
    file = (path or Path(os.environ.get(CONFIG_VARIABLE) or CONFIG_NAME)).absolute()
    if not file.is_file():
        missing = Sentence(
            f"--config: no settings at {file}; `exchange init DIR` makes them",
            f"--config: no hay configuración en {file}; `exchange init DIR` la crea",
        )
        raise NotConfigured([missing])
    try:
        with reading(file):
            return Settings()
    except ValidationError as error:
        raise NotConfigured(faults_of(error, Settings)) from error
    except SettingsError as error:
        raise NotConfigured([not_json(error)]) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise NotConfigured([not_toml(error)]) from error


class Settings(BaseSettings):
    """Everything an operator may set. `load_settings` makes it; nothing changes it."""

    model_config = SettingsConfigDict(
        env_prefix="EXCHANGE_",
        env_nested_delimiter="__",
        env_ignore_empty=True,
        frozen=True,
        extra="forbid",
        validate_default=True,
        hide_input_in_errors=True,
    )

    side: Literal["us", "mx"] = Field(
        description=Sentence("which authority this is", "qué autoridad es esta")
    )
    party: Urn = Field(
        description=Sentence("our name in every envelope", "nuestro nombre en cada sobre")
    )
    signature_policy: Literal["hybrid", "es256"] = Field(
        "hybrid",
        description=Sentence(
            "what signs a message: ES256 and ML-DSA-65, or ES256 alone",
            "qué firma un mensaje: ES256 y ML-DSA-65, o ES256 solo",
        ),
    )
    bodies_sealed_from: AwareDatetime | None = Field(
        None,
        description=Sentence(
            "from when bodies go sealed for the other side alone, as both agreed; never without it",
            "desde cuándo los cuerpos van sellados solo para el otro lado, según lo acordado; sin "
            "esto, nunca",
        ),
    )
    rules_family: str = Field(
        "as-announced-2019",
        description=Sentence(
            "the family of screening rule sets that a US side applies, or one of them",
            "la familia de reglas de control previo que aplica el lado US, o una de ellas",
        ),
    )
    acceptance_rules: str = Field(
        "mx",
        description=Sentence(
            "the family of acceptance rules that advises officials of a Mexican side, or one of "
            "its sets",
            "la familia de reglas de aceptación que aconseja a los oficiales del lado MX, o uno "
            "de sus conjuntos",
        ),
    )
    partner: Partner
    listen: Listen = Listen()
    database: Database = Field(default_factory=Database)
    keys: Keys = Field(default_factory=Keys)
    outbox: Outbox = Outbox()
    inbox: Inbox = Inbox()
    cancellation: Cancellation = Cancellation()
    deadlines: Limits = Limits()
    reconciliation: Reconciliation = Reconciliation()
    checkpoints: Checkpoints = Checkpoints()
    statements: Statements = Statements()
    discrepancies: Thresholds = Thresholds()
    identity: IdentityLimits = IdentityLimits()
    retention: Retention = Retention()
    reports: Reports = Reports()
    watch: Watch = Watch()
    alarms: Alarms = Alarms()
    shutdown: Shutdown = Shutdown()
    log: Log = Field(default_factory=Log)

    @property
    def directory(self) -> Path:
        """The working directory: the one that holds ``keys/``."""
        return self.keys.directory.parent

    @field_validator("rules_family")
    @classmethod
    def _rules_are_shipped(cls, family: str) -> str:
        return _one_shipped(family, shipped_rule_sets())

    @field_validator("acceptance_rules")
    @classmethod
    def _acceptance_rules_are_shipped(cls, family: str) -> str:
        return _one_shipped(family, shipped_acceptance().rule_sets)

    @field_validator("party")
    @classmethod
    def _party_is_of_our_side(cls, party: str, info: ValidationInfo) -> str:
        side = info.data.get("side")
        if side and party.split(":")[2] != side:
            wanted = Sentence(
                f"wants urn:handoff:{side}:…, as side says",
                f"se necesita urn:handoff:{side}:…, como dice side",
            )
            raise ValueError(wanted)
        return party

    @field_validator("partner")
    @classmethod
    def _partner_is_the_other_side(cls, partner: Partner, info: ValidationInfo) -> Partner:
        party = info.data.get("party")
        if party and party.split(":")[2] == partner.urn.split(":")[2]:
            wanted = Sentence(
                "its urn wants to be of the other side", "su urn debe ser del otro lado"
            )
            raise ValueError(wanted)
        if party and party.endswith(":test") != partner.urn.endswith(":test"):
            wanted = Sentence(
                "its urn and party want to end in :test both or neither",
                "su urn y party deben terminar en :test ambos o ninguno",
            )
            raise ValueError(wanted)
        return partner

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Take arguments first, then the environment, then the TOML file."""
        del dotenv_settings, file_secret_settings
        file = file_being_read()
        toml = (TomlConfigSettingsSource(settings_cls, file),) if file else ()
        return (init_settings, env_settings, *toml)


def _one_shipped(policy: str, shipped: Iterable[RuleSet | AcceptanceRules]) -> str:
    """Let only the name or the family of a shipped set pass."""
    known = {name for rules in shipped for name in (rules.name, rules.family)}
    if policy not in known:
        names = ", ".join(sorted(known))
        wanted = Sentence(f"wants one of {names}", f"se necesita uno de {names}")
        raise ValueError(wanted)
    return policy
