"""A pool of codec processes shared by the sandbox tests."""

from collections.abc import Callable, Iterator

import pytest

from stadtkern.kernel.devices.sandbox import CodecPool, Decoded, Uplink


@pytest.fixture(scope="module")
def pool() -> Iterator[CodecPool]:
    with CodecPool(workers=2) as pool:
        yield pool


@pytest.fixture
def decode(pool: CodecPool) -> Callable[..., Decoded]:
    """Decodes one message with the given codec source."""

    def run(source: str, payload: bytes = b"\x2a", **variables: dict[str, str]) -> Decoded:
        uplink = Uplink(
            codec=str(hash(source)),
            source=source,
            f_port=7,
            payload=payload,
            received="2026-11-22T23:30:00Z",
            variables=variables.get("variables", {}),
        )
        return pool.decode([uplink])[0]

    return run
