"""Ports: the preferred one, the next free one, and one clear sentence."""

import socket
from collections.abc import Iterator

import pytest

from stadtkern.site.tree.ports import free_port, port_answers, require_port
from stadtkern.site.tree.problem import ServerProblem

from .conftest import unused_port


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


def test_a_free_port_is_taken_as_wished() -> None:
    port = unused_port()
    assert free_port(port) == port
    require_port(port)


def test_instead_of_a_taken_port_a_higher_one_is_found(taken: int) -> None:
    found = free_port(taken)
    assert found > taken
    with socket.create_server(("127.0.0.1", found)):
        pass


def test_a_taken_port_is_refused_with_a_way_out(taken: int) -> None:
    with pytest.raises(ServerProblem) as refused:
        require_port(taken)
    start = f"Port {taken} is in use. Stop the other program or choose another with PORT="
    assert str(refused.value).startswith(start)
    require_port(int(str(refused.value).removeprefix(start).removesuffix(".")))


def test_a_port_that_is_only_fading_out_counts_as_free() -> None:
    """After an orderly stop the second start must not wait for the last connections to fade."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        with socket.create_connection(("127.0.0.1", port)):
            accepted, _ = listener.accept()
            accepted.close()  # the server's side closes first and fades
    require_port(port)


def test_an_answering_port_is_told_from_a_silent_one(taken: int) -> None:
    assert port_answers(taken)
    assert not port_answers(unused_port())
