"""What the desk does by the clock."""

from stadtkern.kernel.cases.desk import ask


def run() -> str:
    """Remind of questions that end soon. Bears repetition."""
    return f"{ask.remind()} reminders of questions"
