"""What a client is told when its request cannot be served."""


class Problem(Exception):
    """An HTTP status, one sentence for the client, and the headers that the status asks for.

    Where a part of the query is wrong: the option, the position in it (from 1), the text there.
    """

    def __init__(
        self,
        status: int,
        message: str,
        *headers: tuple[str, str],
        option: str = "",
        position: int | None = None,
        near: str = "",
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.headers = headers
        self.option = option
        self.position = position
        self.near = near
