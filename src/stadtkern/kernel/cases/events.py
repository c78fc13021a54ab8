"""What others hear of cases."""

from dataclasses import dataclass

from stadtkern.kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class CaseChanged(Event):
    """A case went from a state (empty: it is new) to another; `service` and `form` are slugs."""

    case: int
    service: str
    form: str
    before: str
    after: str

    @property
    def lane(self) -> str:
        """Events about one case keep their order; one that fails holds back no other's."""
        return str(self.case)
