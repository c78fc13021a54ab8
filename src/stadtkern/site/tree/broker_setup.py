"""What any MQTT broker of the tree has to know."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class BrokerSetup:
    """`accounts` maps users to passwords; `hold` lists the topics that ingest always wants.

    `database`: where the embedded broker looks API keys up. `anonymous_read`: anybody may
    subscribe below v1.1/.
    """

    data: Path
    port: int
    accounts: Mapping[str, str]
    ingest: str  # client id
    ingest_user: str
    hold: Sequence[str]
    host: str = "127.0.0.1"
    stop_order: int = 0
    database: str = ""
    anonymous_read: bool = False
