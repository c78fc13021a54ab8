"""Accounts, roles, keys of programs; identities, sign-ins and mandates."""

from stadtkern.kernel.people.models.account import (
    Account,
    Department,
    Membership,
    Role,
    lines_of_departments,
)
from stadtkern.kernel.people.models.identity import (
    Identity,
    IdentityProvider,
    SpentAnswer,
    Trip,
)
from stadtkern.kernel.people.models.keys import ApiKey, ApiKeyQuerySet, digest_of, issue_key
from stadtkern.kernel.people.models.mandate import Mandate, MandateQuerySet, Organisation
from stadtkern.kernel.people.models.signing_in import (
    WAYS,
    CodeApp,
    MailLink,
    Passkey,
    RecoveryCode,
    SignIn,
)

__all__ = [
    "WAYS",
    "Account",
    "ApiKey",
    "ApiKeyQuerySet",
    "CodeApp",
    "Department",
    "Identity",
    "IdentityProvider",
    "MailLink",
    "Mandate",
    "MandateQuerySet",
    "Membership",
    "Organisation",
    "Passkey",
    "RecoveryCode",
    "Role",
    "SignIn",
    "SpentAnswer",
    "Trip",
    "digest_of",
    "issue_key",
    "lines_of_departments",
]
