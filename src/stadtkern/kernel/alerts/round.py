"""The jobs: a round of all rules, and the prompt one after new observations."""

from stadtkern.kernel.alerts import evaluate, incidents, notify
from stadtkern.kernel.events import ObservationsStored
from stadtkern.kernel.jobs import tasks


def run() -> str:
    """Every rule that is due looks; alerts are grouped; messages are made and sent on their way."""
    moved = evaluate.rules()
    return _settle(moved)


def prompt(_event: ObservationsStored) -> None:
    """Rules over observations look at once."""
    _settle(evaluate.rules(only=evaluate.SERIES))


def _settle(moved: int) -> str:
    grouped = incidents.group()
    made = notify.make()
    if made:
        tasks.run.defer(job="kernel.messages")
    return f"{moved} alerts moved, {grouped} grouped, {made} messages made"
