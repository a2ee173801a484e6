"""What can be set from outside; nothing else in the program reads the environment."""

from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from graph.errors import InvalidInput


class Settings(BaseSettings):
    """Settings of every command and of the service, each from CONTAGRAPH_NAME."""

    model_config = SettingsConfigDict(env_prefix="CONTAGRAPH_", extra="ignore", frozen=True)

    data: Path = Field(
        default=Path.home() / ".local" / "share" / "contagraph", description="Folder for stores and columns"
    )
    store: str = Field(default="", description="Folder of a local store, or a bolt:// or neo4j:// address")
    store_user: str = Field(default="neo4j", description="User of the store's server")
    store_password: SecretStr = Field(default=SecretStr(""), description="Password of that user")
    store_database: str | None = Field(default=None, description="Database of the store's server, else its default")
    host: str = Field(default="127.0.0.1", description="Address to listen on")
    port: int = Field(default=8000, ge=0, le=65535, description="Port to listen on")
    token: SecretStr | None = Field(default=None, description="Token that every request must carry")
    max_body: int = Field(default=1_000_000, gt=0, description="Most bytes of a request's body")
    max_url: int = Field(default=8_000, gt=0, description="Most characters of a request's address")
    moments: int = Field(default=4, ge=1, description="Snapshots kept in memory")
    lender: str | None = Field(default=None, description="Lender that is meant where none is given")
    overfull: Literal["refuse", "scale", "keep"] = Field(
        default="keep",
        description="Where holders are stated to have more than all of a company: refuse to answer, scale the shares "
        "down, or keep them as bands",
    )
    rules: Path | None = Field(
        default=None, description="Folder of a lender's own rules on limits, one TOML file a rule as those shipped"
    )
    jobs: int = Field(default=1, ge=1, le=64, description="Jobs worked on at once")
    jobs_waiting: int = Field(default=8, ge=1, description="Jobs that may wait for their turn")
    jobs_kept: int = Field(default=100, ge=1, description="Ended jobs that are kept with their answers")
    jobs_days: float = Field(default=7, gt=0, description="Days after which an ended job and its answer are forgotten")
    currency: str | None = Field(default=None, description="Currency of answers where none is given")

    @property
    def where(self) -> str:
        """The store that is meant where none is given."""
        return self.store or str(self.data / "main")


@cache
def settings() -> Settings:
    """The settings of this process. Raises InvalidInput where one cannot be."""
    try:
        return Settings()
    except ValidationError as problem:
        first = problem.errors()[0]
        name = "CONTAGRAPH_" + "_".join(str(part) for part in first["loc"]).upper()
        raise InvalidInput(first["msg"].lower(), where=name, remedy="correct this environment variable") from None
