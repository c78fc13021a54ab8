"""What an adapter is: one class for each kind of network."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol, TypeAlias

from django.utils.functional import Promise

from stadtkern.kernel.devices.ingest.event import Incoming, Message

Text: TypeAlias = str | Promise
Settings: TypeAlias = Mapping[str, Any]
Shape = Literal["text", "number", "switch", "lines", "long", "choice"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Setting:
    """One field of the form with which staff set a network up; `lines` become a list of texts."""

    name: str
    title: Text
    help: Text = ""
    shape: Shape = "text"
    initial: Any = ""
    needed: bool = False
    choices: tuple[tuple[str, Text], ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Door:
    """One way to set a network of this kind up: `mqtt` (we connect) or `http` (they post).

    `secret` names what we present to the other side; empty where nothing. `steps` tell what to do
    there, with `%(url)s`, `%(token)s` and `%(slug)s` where they stand. At an `http` door, `methods`
    are taken, the headers in `keeps` are kept, `done` is the status of the answer, and where it is
    `strict` the sender is told what cannot be read (it is kept in any case).
    """

    way: Literal["mqtt", "http"]
    title: Text
    summary: Text
    settings: tuple[Setting, ...] = ()
    secret: Text = ""
    secret_help: Text = ""
    steps: tuple[Text, ...] = ()
    methods: tuple[str, ...] = ("POST",)
    keeps: tuple[str, ...] = ()
    done: int = 200
    strict: bool = False


class Adapter(Protocol):
    """Reads the messages of one kind of network."""

    @property
    def kind(self) -> str:
        """Its name in `Network.kind`."""

    @property
    def title(self) -> Text:
        """What people call it."""

    @property
    def doors(self) -> tuple[Door, ...]:
        """The ways to set it up."""

    def read(self, message: Message, settings: Settings) -> Sequence[Incoming]:
        """The events in a message; what cannot be read comes back with its problem."""


def door(adapter: Adapter, way: str) -> Door | None:
    """The adapter's door of this way."""
    return next((one for one in adapter.doors if one.way == way), None)
