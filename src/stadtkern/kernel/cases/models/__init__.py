"""Services, forms and their versions, cases with all that belongs to them, permits."""

from stadtkern.kernel.cases.models.case import (
    OUTCOMES,
    STATES,
    Case,
    CaseQuerySet,
    CoSign,
    Document,
)
from stadtkern.kernel.cases.models.correspondence import (
    Decision,
    Message,
    Note,
    Request,
    StatusEvent,
)
from stadtkern.kernel.cases.models.desk import (
    Appeal,
    CaseLink,
    Correction,
    DeskText,
    SecondLook,
)
from stadtkern.kernel.cases.models.form import Form, FormTest, FormVersion
from stadtkern.kernel.cases.models.handover import BackOffice, Handover, HandoverEvent
from stadtkern.kernel.cases.models.journey import Draft, MailCode
from stadtkern.kernel.cases.models.permit import Permit, PermitQuerySet
from stadtkern.kernel.cases.models.search_key import SearchKey
from stadtkern.kernel.cases.models.service import (
    Helpful,
    OnlineService,
    OnlineServiceQuerySet,
    Service,
    ServiceQuerySet,
)

__all__ = [
    "OUTCOMES",
    "STATES",
    "Appeal",
    "BackOffice",
    "Case",
    "CaseLink",
    "CaseQuerySet",
    "CoSign",
    "Correction",
    "Decision",
    "DeskText",
    "Document",
    "Draft",
    "Form",
    "FormTest",
    "FormVersion",
    "Handover",
    "HandoverEvent",
    "Helpful",
    "MailCode",
    "Message",
    "Note",
    "OnlineService",
    "OnlineServiceQuerySet",
    "Permit",
    "PermitQuerySet",
    "Request",
    "SearchKey",
    "SecondLook",
    "Service",
    "ServiceQuerySet",
    "StatusEvent",
]
