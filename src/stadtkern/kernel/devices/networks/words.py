"""What can be wrong with a connection, in words that say the next step."""

import socket
import ssl

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# The names are kept in `Network.problem`; a detail may follow behind a colon.
PROBLEMS: dict[str, str | Promise] = {
    "name": _("There is no server of this name. Check the spelling of the broker's name."),
    "refused": _("The server answers, but nothing listens at this port. Check the port; it is "
                 "usually 8883 with TLS and 1883 without."),
    "silent": _("The server does not answer. Check name and port, and whether a firewall lies "
                "between."),
    "certificate": _("The server's certificate is not trusted. Check the name, or enter the "
                     "certificate of its authority."),
    "tls": _("The server does not speak TLS at this port. Check the port, or switch TLS off."),
    "plain": _("The server hung up at once. It may expect TLS: switch it on and check the port."),
    "ca": _("The certificate of its authority cannot be read. Paste it whole, with its first and "
            "last line."),
    "login": _("The broker refuses user or password. Enter them again."),
    "rights": _("The broker does not let this user read these topics. Check the topics, or the "
                "user's rights there."),
    "sealed": _("The password was kept with another secret of this city. Enter it again."),
    "settings": _("Broker, port or topics are missing. Complete the settings."),
    "lost": _("The connection was lost. We try again every few seconds."),
    "other": _("The connection fails."),
}  # fmt: skip


def said(problem: str) -> tuple[str | Promise, str]:
    """A kept problem as its sentence and its detail."""
    name, _colon, detail = problem.partition(":")
    return PROBLEMS.get(name, problem), detail if name in PROBLEMS else ""


def of_error(error: BaseException | None) -> str:
    """The name of the problem behind a failed connection, with the error's own words."""
    if error is None:
        return "other"
    detail = str(error).splitlines()[0][:200] if str(error) else type(error).__name__
    return f"{_name(error)}:{detail}"


def _name(error: BaseException) -> str:
    """The most special first: most of these are kinds of OSError."""
    kinds: tuple[tuple[type[BaseException], str], ...] = (
        (socket.gaierror, "name"),
        (ssl.SSLCertVerificationError, "certificate"),
        (ssl.SSLError, "tls"),
        (TimeoutError, "silent"),
        (ConnectionRefusedError, "refused"),
        (ConnectionResetError, "plain"),
    )
    return next((name for kind, name in kinds if isinstance(error, kind)), "other")


def of_connack(code: int) -> str:
    """The name of the problem behind a CONNACK: its reason code of MQTT 5, as paho gives it."""
    if code in (134, 135, 140):  # bad user name or password, not authorised, bad method
        return "login"
    return f"other:CONNACK {code}"
