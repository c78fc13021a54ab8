"""Ports: which are free, which must be, and whether somebody answers there."""

import errno
import socket

from stadtkern.site.tree.problem import ServerProblem

TRIED = 200  # ports above the preferred one


def free_port(preferred: int, host: str = "127.0.0.1") -> int:
    """The preferred port or the next free one above it."""
    for port in range(preferred, min(preferred + TRIED, 65_535) + 1):
        if _bind_error(host, port) == 0:
            return port
    raise ServerProblem(f"No port from {preferred} to {preferred + TRIED} is free.")


def require_port(port: int, host: str = "127.0.0.1", setting: str = "PORT") -> None:
    error = _bind_error(host, port)
    if error in (errno.EACCES, errno.EPERM):
        raise ServerProblem(
            f"Port {port} is reserved for root: choose another with {setting}={port + 8000}."
        )
    if error == errno.EADDRNOTAVAIL:
        raise ServerProblem(f"This machine has no address {host} to listen on.")
    if error:
        raise ServerProblem(
            f"Port {port} is in use. Stop the other program or choose another with "
            f"{setting}={free_port(port + 1, host)}."
        )


def port_answers(port: int, host: str = "127.0.0.1") -> bool:
    try:
        with socket.create_connection((host, port), timeout=1.0):
            return True
    except OSError:
        return False


def _bind_error(host: str, port: int) -> int:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as tried:
        # As servers do: a port whose last connections are only fading out counts as free.
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            tried.bind((host, port))
        except OSError as error:
            return error.errno or errno.EADDRINUSE
    return 0
