"""What is wrong with a form definition, all at once."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Wrong:
    """One fault: where (`steps[0].fields[2].options`) and, in a sentence, what to repair."""

    path: str
    text: str

    def __str__(self) -> str:
        return f"{self.path}: {self.text}" if self.path else self.text


class FormProblem(Exception):
    """A definition that cannot be used; `wrong` lists everything found."""

    def __init__(self, wrong: Sequence[Wrong]) -> None:
        super().__init__("\n".join(str(one) for one in wrong))
        self.wrong = tuple(wrong)
