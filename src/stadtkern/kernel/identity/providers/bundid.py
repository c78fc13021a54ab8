"""How the BundID calls things (AKDB's SAML profile): attributes by OID, and what is asked for."""

from typing import Final

from stadtkern.kernel.identity.providers.protocol import LEVEL, PROVED_BY, SUBJECT

NAMESPACE: Final = "https://www.akdb.de/request/2018/09"
VERSION: Final = "2"
# The pseudonym bPK2 is the only thing that links an account; name and mail address never do.
ATTRIBUTES: Final = {
    SUBJECT: "urn:oid:1.3.6.1.4.1.25484.494450.3",
    LEVEL: "urn:oid:1.2.40.0.10.2.1.1.261.94",
    PROVED_BY: "urn:oid:1.3.6.1.4.1.25484.494450.2",
    "family_name": "urn:oid:2.5.4.4",
    "given_names": "urn:oid:2.5.4.42",
    "birth_date": "urn:oid:1.2.40.0.10.2.1.1.55",
    "birth_place": "urn:oid:1.3.6.1.5.5.7.9.2",
    "street": "urn:oid:2.5.4.16",
    "postal_code": "urn:oid:2.5.4.17",
    "city": "urn:oid:2.5.4.7",
    "email": "urn:oid:0.9.2342.19200300.100.1.3",
}
REQUIRED: Final = frozenset((SUBJECT, LEVEL, "family_name", "given_names"))
CONTEXTS: Final = {1: "STORK-QAA-Level-1", 3: "STORK-QAA-Level-3", 4: "STORK-QAA-Level-4"}
