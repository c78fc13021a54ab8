"""What one request makes, noted meanwhile: for the audit log, and to write rows at once."""

from dataclasses import dataclass, field

from stadtkern.kernel.audit.models import record_all
from stadtkern.kernel.sensorthings.entities import Entity
from stadtkern.kernel.sensorthings.write import observations
from stadtkern.kernel.things.store import Observation


@dataclass(kw_only=True, slots=True)
class Deed:
    """The service's address, as links in bodies repeat it; entities made; observations to write."""

    base: str
    made: list[str] = field(default_factory=list)
    rows: list[Observation] = field(default_factory=list)

    def note(self, entity: Entity, number: int) -> None:
        """Remember an entity that was made."""
        self.made.append(f"{entity.name}({number})")

    def finish(self, actor: str) -> None:
        """Write the observations of a deep insert, in one batch, and one audit entry an entity."""
        if self.rows:
            observations.write(self.rows)
        if self.made:
            record_all(actor, "sensorthings.create", self.made)
