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
from pathlib import Path
from typing import Literal

from pydantic import Field, ValidationError, ValidationInfo, field_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    SettingsError,
    TomlConfigSettingsSource,
)

from exchange.domain.deadlines import Limits
from exchange.errors import NotConfigured
from exchange.settings.faults import faults_of
from exchange.settings.kinds import Urn, file_being_read, reading
from exchange.settings.sections import (
    Cancellation,
    Database,
    Inbox,
    Keys,
    Listen,
    Log,
    Outbox,
    Partner,
    Shutdown,
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
        raise NotConfigured([f"--config: no settings at {file}; `exchange init DIR` makes them"])
    try:
        with reading(file):
            return Settings()
    except ValidationError as error:
        raise NotConfigured(faults_of(error, Settings)) from error
    except SettingsError as error:
        raise NotConfigured([f"environment: {error}"]) from error
    except tomllib.TOMLDecodeError as error:
        raise NotConfigured([f"--config: not a TOML file: {error}"]) from error


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

    side: Literal["us", "mx"] = Field(description="which authority this is")
    party: Urn = Field(description="our name in every envelope")
    signature_policy: Literal["hybrid", "es256"] = Field(
        "hybrid", description="what signs a message: ES256 and ML-DSA-65, or ES256 alone"
    )
    rules_family: str = Field(
        "as-announced-2019",
        pattern=r"^[a-z][a-z0-9-]{1,60}$",
        description="the family of screening rule sets that a US side applies",
    )
    partner: Partner
    listen: Listen = Listen()
    database: Database = Field(default_factory=Database)
    keys: Keys = Field(default_factory=Keys)
    outbox: Outbox = Outbox()
    inbox: Inbox = Inbox()
    cancellation: Cancellation = Cancellation()
    deadlines: Limits = Limits()
    shutdown: Shutdown = Shutdown()
    log: Log = Field(default_factory=Log)

    @property
    def directory(self) -> Path:
        """The working directory: the one that holds ``keys/``."""
        return self.keys.directory.parent

    @field_validator("party")
    @classmethod
    def _party_is_of_our_side(cls, party: str, info: ValidationInfo) -> str:
        side = info.data.get("side")
        if side and party.split(":")[2] != side:
            wanted = f"wants urn:handoff:{side}:…, as side says"
            raise ValueError(wanted)
        return party

    @field_validator("partner")
    @classmethod
    def _partner_is_the_other_side(cls, partner: Partner, info: ValidationInfo) -> Partner:
        party = info.data.get("party")
        if party and party.split(":")[2] == partner.urn.split(":")[2]:
            wanted = "its urn wants to be of the other side"
            raise ValueError(wanted)
        if party and party.endswith(":test") != partner.urn.endswith(":test"):
            wanted = "its urn and party want to end in :test both or neither"
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
