"""The settings of every network whose broker we connect to."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from stadtkern.kernel.devices.networks.adapter import Setting


def broker(*topics: str, user_help: Any = "", tls: bool = False) -> tuple[Setting, ...]:
    """Where the broker is, how we name ourselves, and what we listen to."""
    return (
        Setting(name="host", title=_("Broker"), help=_("Its name, without mqtt://"), needed=True),
        Setting(
            name="port",
            title=_("Port"),
            shape="number",
            initial=8883 if tls else 1883,
            needed=True,
        ),
        Setting(
            name="tls",
            title=_("Encrypted (TLS)"),
            shape="switch",
            initial=tls,
            help=_("Over the internet always; the port is then usually 8883."),
        ),
        Setting(name="user", title=_("User"), help=user_help),
        Setting(
            name="topics",
            title=_("MQTT topics"),
            shape="lines",
            initial=list(topics),
            needed=True,
            help=_("One a line; + stands for one level, # for all that follow."),
        ),
        Setting(
            name="ca",
            title=_("Certificate of its authority"),
            shape="long",
            help=_("Only where the broker's certificate is signed by your own authority (PEM)."),
        ),
    )
