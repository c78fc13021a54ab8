"""What cannot be done with a right to park, why, and what to do instead."""


class Refused(Exception):
    """A request that is refused; nothing has changed.

    `field` is what is wrong, in the words of the operators' interface (`registration_number`,
    `time_start`, `time_end`, `zone`, `vehicle`, `id`, `key`), `code` a word for programs, `text`
    a sentence for people.
    """

    def __init__(self, field: str, code: str, text: str) -> None:
        super().__init__(text)
        self.field, self.code, self.text = field, code, text
