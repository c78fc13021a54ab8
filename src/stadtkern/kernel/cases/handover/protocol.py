"""What every way into a back office can do."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from stadtkern.kernel.cases.models import BackOffice


@dataclass(frozen=True, kw_only=True, slots=True)
class Attachment:
    """A file of a case as it is handed over; `purpose`: form, attachment or report."""

    id: str
    name: str
    mime: str
    content: bytes
    purpose: str = "attachment"


@dataclass(frozen=True, kw_only=True, slots=True)
class Parcel:
    """A case as a back office gets it. `answers` by field id; `schema` names the FIM schema.

    `key` is the same in every try. `fim` names the data field of FIM for a field id, `payment`
    is in FIT-Connect's terms (`paymentInformation` of its metadata). What comes after the
    application has another `kind` (`withdrawal`, `message`, `answer`, `appeal`), a `text`, and no
    answers; `about` and `about_case` are the names that the application got over there.
    """

    key: str
    reference: str
    service: str
    form: str
    version: int
    leika: str
    title: str
    schema: str
    submitted: str
    applied: str
    language: str
    level: int
    answers: Mapping[str, Any]
    definition: Mapping[str, Any]
    applicant: Mapping[str, str]
    fim: Mapping[str, str] = field(default_factory=dict)
    acting: Mapping[str, Any] = field(default_factory=dict)
    payment: Mapping[str, Any] | None = None
    attachments: Sequence[Attachment] = ()
    kind: str = "application"
    text: str = ""
    at: str = ""
    about: str = ""
    about_case: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Word:
    """Something a back office said of a case.

    `code`: `accepted`, `rejected`, `status` (with `text`), `request` (documents are missing),
    `decided` (with `outcome` and perhaps a document); others are only kept in the log, such as
    `receipt.refused` for a token that is not believed. `key` makes what is heard twice one thing;
    `token` is the signed receipt, verified before with `proof`, a public key.
    """

    code: str
    key: str
    text: str = ""
    outcome: str = ""
    remote_case: str = ""
    token: str = ""
    proof: Mapping[str, Any] = field(default_factory=dict)
    documents: Sequence[Attachment] = ()
    data: Mapping[str, Any] = field(default_factory=dict)


class NotHandedOver(Exception):
    """It did not go this time; it is tried again unless `final`. The text is for staff.

    `after` is how many seconds the other side asks to wait at least.
    """

    def __init__(self, text: str, *, final: bool = False, after: int = 0) -> None:
        super().__init__(text)
        self.final = final
        self.after = after


class NotThere(NotHandedOver):
    """The other side answers, and knows nothing of what was asked for."""


class Keep(Protocol):
    """Commits what a try has learned so far: the name over there, and `memory` as it is now.

    Raises NotHandedOver where another worker has taken the case over meanwhile.
    """

    def __call__(self, remote: str, *, case: str = "") -> None: ...


class Adapter(Protocol):
    """One way into back offices. Every call may come twice and changes nothing then."""

    def send(
        self, office: BackOffice, parcel: Parcel, remote: str, memory: dict[str, Any], keep: Keep
    ) -> str:
        """Hand a parcel over; returns the name it has there. Raises NotHandedOver.

        `remote` is that name where an earlier try had got one. What must not be lost when the
        next call gets no answer is put into `memory` and kept before that call.
        """
        ...

    def words(self, office: BackOffice, remote: str, memory: dict[str, Any]) -> Sequence[Word]:
        """What it has said so far, oldest first; old ones may come again. Raises NotHandedOver."""
        ...

    def done(self, office: BackOffice, word: Word, memory: dict[str, Any]) -> None:
        """Told when a word is taken in and committed, also when it had been before."""
        ...

    def news(self, office: BackOffice) -> Sequence[str]:
        """Names of cases over there that have something new, where that can be asked at once."""
        ...

    def check(self, office: BackOffice) -> str:
        """Test the connection without sending anything; what was found. Raises NotHandedOver."""
        ...
