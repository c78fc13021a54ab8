"""What a client is told when its request cannot be served."""


class Problem(Exception):
    """An HTTP status and one sentence for the client, with headers where the status asks for them."""

    def __init__(self, status: int, message: str, *headers: tuple[str, str]) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.headers = headers
