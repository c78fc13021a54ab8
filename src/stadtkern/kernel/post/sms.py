"""Text messages through a gateway of the city's choice; off unless the city file names one."""

import os
from typing import Protocol

import httpx
from django.core.mail import EmailMessage

from stadtkern.kernel import outward, registry
from stadtkern.kernel.city import Sms
from stadtkern.kernel.post.transport import NotSent, hand_over

TIMEOUT = 20.0


class Gateway(Protocol):
    """Takes text messages."""

    def send(self, number: str, text: str) -> None:
        """Hand over one message to a number such as +492323160. Raises NotSent."""


class ByMail:
    """A gateway that takes mails: `{number}@sms.example.org`."""

    def __init__(self, pattern: str) -> None:
        self._pattern = pattern

    def send(self, number: str, text: str) -> None:
        """As a mail without a subject."""
        address = self._pattern.replace("{number}", number.lstrip("+"))
        hand_over(EmailMessage(subject="", body=text, to=[address]))


class ByHttp:
    """A gateway that takes JSON `{to, text}` with a bearer token, and answers 2xx."""

    def __init__(self, url: str, token: str, networks: tuple[str, ...]) -> None:
        self._url, self._token, self._networks = url, token, networks

    def send(self, number: str, text: str) -> None:
        """As a POST to the address of the city file."""
        try:
            way = outward.way_to(self._url, networks=self._networks, setting="sms.private_networks")
            with httpx.Client(timeout=TIMEOUT, trust_env=False) as client:
                answer = client.post(
                    way.url,
                    json={"to": number, "text": text},
                    headers={"Host": way.host_header, "Authorization": f"Bearer {self._token}"},
                    extensions={"sni_hostname": way.host},
                )
        except (outward.Refused, httpx.HTTPError) as error:
            raise NotSent(f"{type(error).__name__}: {error}"[:300]) from None
        if not answer.is_success:
            raise NotSent(f"the gateway answered {answer.status_code}")


def is_set_up() -> bool:
    """Whether text messages can be sent."""
    return bool(registry.city().sms.gateway)


def send(number: str, text: str) -> None:
    """Send one message. Raises NotSent."""
    gateway(registry.city().sms).send(number, text)


def gateway(setting: Sms) -> Gateway:
    """What the city file names. Raises NotSent: nothing."""
    if setting.gateway == "mail":
        return ByMail(setting.address)
    if setting.gateway == "http":
        token = os.environ.get(setting.token_env, "")
        return ByHttp(setting.address, token, setting.private_networks)
    raise NotSent("no gateway for text messages: write [sms] into the city file")
