"""What a client is told when its request cannot be served."""


class Problem(Exception):
    """An HTTP status, one sentence for the client, and the headers that the status asks for."""

    def __init__(self, status: int, message: str, *headers: tuple[str, str]) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.headers = headers
