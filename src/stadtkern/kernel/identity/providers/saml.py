"""SAML 2.0 in the BundID's manner: signed requests and answers, both by POST."""

import secrets
from base64 import b64decode, b64encode
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import urlsplit

from django.utils.translation import gettext as _
from lxml import etree  # type: ignore[import-untyped]  # noqa: TID253  loaded when needed
from onelogin.saml2.errors import OneLogin_Saml2_Error, OneLogin_Saml2_ValidationError  # type: ignore[import-untyped]
from onelogin.saml2.response import OneLogin_Saml2_Response  # type: ignore[import-untyped]
from onelogin.saml2.settings import OneLogin_Saml2_Settings  # type: ignore[import-untyped]
from onelogin.saml2.utils import OneLogin_Saml2_Utils  # type: ignore[import-untyped]

from stadtkern.kernel import clock
from stadtkern.kernel.identity.providers import bundid, xml_signatures
from stadtkern.kernel.identity.providers.protocol import (
    LEVEL,
    ORGANISATION_ID,
    PROVED_BY,
    SUBJECT,
    Arrival,
    Departure,
    Refused,
    Unreachable,
    level_of,
    setting,
)
from stadtkern.kernel.identity.trust import Trust
from stadtkern.kernel.people.models import IdentityProvider, Trip
from stadtkern.kernel.sealing import unseal

POST: Final = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST"
SAMLP: Final = "urn:oasis:names:tc:SAML:2.0:protocol"
SAML: Final = "urn:oasis:names:tc:SAML:2.0:assertion"
# Nobody's answer is longer; XML that is goes to no parser.
MOST: Final = 300_000

Wrong = OneLogin_Saml2_ValidationError
REASONS: Final = {
    Wrong.WRONG_AUDIENCE: "audience", Wrong.ASSERTION_EXPIRED: "expired",
    Wrong.RESPONSE_EXPIRED: "expired", Wrong.SESSION_EXPIRED: "expired",
    Wrong.ASSERTION_TOO_EARLY: "expired", Wrong.NO_SIGNED_ASSERTION: "unsigned",
    Wrong.NO_SIGNATURE_FOUND: "unsigned", Wrong.INVALID_SIGNATURE: "unsigned",
    Wrong.WRONG_ISSUER: "issuer", Wrong.WRONG_INRESPONSETO: "replay",
    Wrong.WRONG_DESTINATION: "audience", Wrong.STATUS_CODE_IS_NOT_SUCCESS: "cancelled",
    Wrong.DEPRECATED_SIGNATURE_METHOD: "unsigned", Wrong.DEPRECATED_DIGEST_METHOD: "unsigned",
    Wrong.WRONG_SUBJECTCONFIRMATION: "expired", Wrong.NO_ENCRYPTED_ASSERTION: "encryption",
}  # fmt: skip


class Saml:
    """A provider that is known by its certificate."""

    def __init__(self, provider: IdentityProvider) -> None:
        self.provider = provider
        self.names = {**bundid.ATTRIBUTES, **provider.attribute_map}

    def depart(self, trip: Trip, *, origin: str, landing: str) -> Departure:
        """A signed AuthnRequest in a form."""
        number, entity = f"_{secrets.token_hex(20)}", self.entity(origin)
        request = self._request(trip, number, entity, landing)
        key = self.key()
        if not key:
            raise Unreachable(_("The key for signing is missing."))
        signed = OneLogin_Saml2_Utils.add_sign(
            request, key, setting(self.provider, "our_certificate")
        )
        return Departure(
            url=setting(self.provider, "sso_url"),
            fields={"SAMLRequest": b64encode(signed).decode(), "RelayState": trip.state},
            keep={"request": number, "entity": entity, "landing": landing},
        )

    def arrive(self, trip: Trip, said: Mapping[str, str]) -> Arrival:
        """Signature, issuer, audience, times and the question it answers are checked."""
        text = said.get("SAMLResponse", "")
        if not text or len(text) > MOST:
            raise Refused("unsigned", "no answer")
        return self._arrival(self._valid(text, trip.inside))

    def check(self) -> str:
        """Whether the settings are whole; the provider itself cannot be asked."""
        if not self.key():
            raise Unreachable(_("The key for signing is missing."))
        try:
            OneLogin_Saml2_Settings(
                self._settings("https://stadt.example/sp", "https://stadt.example/acs")
            )
        except OneLogin_Saml2_Error as error:
            raise Unreachable(
                _("Settings are missing or wrong: %(what)s") % {"what": str(error)[:200]}
            ) from None
        return _("The settings are whole. Sign in once to see whether the provider knows us.")

    def metadata(self, origin: str, landing: str) -> bytes:
        """What the provider has to know of the city (SAML metadata)."""
        told = OneLogin_Saml2_Settings(
            self._settings(self.entity(origin), landing), sp_validation_only=True
        )
        # Valid for a year, as it says itself; the certificate decides.
        made = told.get_sp_metadata()
        return made if isinstance(made, bytes) else made.encode()

    def entity(self, origin: str) -> str:
        """Our name there: as agreed, else the address of our metadata."""
        return setting(self.provider, "our_name") or (
            f"{origin}/login/saml/{self.provider.slug}/metadata/"
        )

    def _request(self, trip: Trip, number: str, entity: str, landing: str) -> bytes:
        """SAML 2.0 Core, 3.4.1, with AKDB's extension."""
        root = etree.Element(
            f"{{{SAMLP}}}AuthnRequest", nsmap={"samlp": SAMLP, "saml": SAML},
            attrib={
                "ID": number, "Version": "2.0",
                "IssueInstant": clock.now().strftime("%Y-%m-%dT%H:%M:%SZ"),
                "Destination": setting(self.provider, "sso_url"),
                "AssertionConsumerServiceURL": landing, "ProtocolBinding": POST,
                "ForceAuthn": "true" if trip.purpose == "step_up" else "false",
            },
        )  # fmt: skip
        etree.SubElement(root, f"{{{SAML}}}Issuer").text = entity
        self._extension(etree.SubElement(root, f"{{{SAMLP}}}Extensions"))
        context = etree.SubElement(
            root, f"{{{SAMLP}}}RequestedAuthnContext", attrib={"Comparison": "minimum"}
        )
        wanted = bundid.CONTEXTS.get(trip.level, bundid.CONTEXTS[1])
        etree.SubElement(context, f"{{{SAML}}}AuthnContextClassRef").text = wanted
        return bytes(etree.tostring(root))

    def _extension(self, into: Any) -> None:
        asked = etree.SubElement(
            into, f"{{{bundid.NAMESPACE}}}AuthenticationRequest",
            attrib={"Version": bundid.VERSION}, nsmap={"akdb": bundid.NAMESPACE},
        )  # fmt: skip
        rows = etree.SubElement(asked, f"{{{bundid.NAMESPACE}}}RequestedAttributes")
        for ours, theirs in self.names.items():
            etree.SubElement(
                rows, f"{{{bundid.NAMESPACE}}}RequestedAttribute",
                attrib={"Name": theirs,
                        "RequiredAttribute": "true" if ours in bundid.REQUIRED else "false"},
            )  # fmt: skip

    def _settings(self, entity: str, landing: str) -> dict[str, Any]:
        return {
            "strict": True,
            "sp": {
                "entityId": entity, "privateKey": self.key(),
                "x509cert": setting(self.provider, "our_certificate"),
                "assertionConsumerService": {"url": landing, "binding": POST},
                "singleLogoutService": {"url": f"{landing}logout/", "binding": POST},
                "NameIDFormat": "urn:oasis:names:tc:SAML:2.0:nameid-format:transient",
            },
            "idp": {
                "entityId": setting(self.provider, "entity_id"),
                "singleSignOnService": {"url": setting(self.provider, "sso_url"), "binding": POST},
                "x509certMulti": {"signing": self.certificates()},
            },
            "security": {
                "authnRequestsSigned": True, "wantAssertionsSigned": True, "wantNameId": False,
                # A city inside its own network may have such a name.
                "allowSingleLabelDomains": True,
                "wantAssertionsEncrypted": self._encrypted(),
                "wantAttributeStatement": True, "rejectDeprecatedAlgorithm": True,
                "requestedAuthnContext": False, "allowRepeatAttributeName": True,
            },
        }  # fmt: skip

    def _encrypted(self) -> bool:
        """Whether what is sent in the clear is refused."""
        return setting(self.provider, "encrypted") == "yes"

    def certificates(self) -> list[str]:
        """All that hold: a provider changes its key while the old one still signs."""
        text = setting(self.provider, "certificates")
        parts = text.split("-----END CERTIFICATE-----")
        found = [part.replace("-----BEGIN CERTIFICATE-----", "") for part in parts]
        return ["".join(one.split()) for one in found if one.strip()]

    def key(self) -> str:
        """Our private key (PEM). Raises Unreachable."""
        try:
            return unseal(self.provider.secret)
        except ValueError:
            raise Unreachable(_("The secret has to be entered anew.")) from None

    def _valid(self, text: str, kept: Mapping[str, Any]) -> OneLogin_Saml2_Response:
        landing = urlsplit(str(kept.get("landing", "")))
        asked = {
            "http_host": landing.netloc, "script_name": landing.path, "get_data": {},
            "https": "on" if landing.scheme == "https" else "off", "post_data": {},
        }  # fmt: skip
        settings = self._settings(str(kept.get("entity", "")), str(kept.get("landing", "")))
        try:
            # Asked before anything is opened: the library takes every algorithm.
            if not xml_signatures.is_strongly_encrypted(xml_signatures.parsed(b64decode(text))):
                raise Refused("encryption", "weak")
            answer = OneLogin_Saml2_Response(OneLogin_Saml2_Settings(settings), text)
            answer.is_valid(asked, str(kept.get("request", "")), raise_exceptions=True)
        except Wrong as error:
            raise Refused(REASONS.get(error.code, "unsigned"), str(error.code)) from None
        except (OneLogin_Saml2_Error, etree.LxmlError, ValueError, TypeError) as error:
            raise Refused("unsigned", type(error).__name__) from None
        # The library lets both pass where they are missing.
        if answer.get_in_response_to() != kept.get("request"):
            raise Refused("replay", "InResponseTo")
        if not answer.get_audiences():
            raise Refused("audience", "missing")
        return answer

    def _arrival(self, answer: OneLogin_Saml2_Response) -> Arrival:
        given: Mapping[str, list[str]] = answer.get_attributes()
        said = {ours: str(given[theirs][0]).strip() for ours, theirs in self.names.items()
                if given.get(theirs) and given[theirs][0]}  # fmt: skip
        if not said.get(SUBJECT):
            raise Refused("subject")
        stated = [said.pop(LEVEL, ""), *answer.get_authn_contexts()]
        until = answer.get_assertion_not_on_or_after()
        return Arrival(
            subject=said.pop(SUBJECT), level=self._least(stated),
            proved_by=said.pop(PROVED_BY, ""), organisation=said.pop(ORGANISATION_ID, ""),
            attributes=said, number=str(answer.get_assertion_id()),
            until=datetime.fromtimestamp(float(until or 0) + 600, UTC), session=_session(answer),
        )  # fmt: skip

    def _least(self, stated: list[str]) -> Trust:
        """Attribute and context both name a level; where they differ the lower one holds."""
        found = [level_of(one, self.provider) for one in stated if one]
        return min(found, default=Trust.BASIC)


def _session(answer: OneLogin_Saml2_Response) -> dict[str, str]:
    """What the provider calls its session, so that either side can end it for the other."""
    name = answer.get_nameid()
    if not name:
        return {}
    return {"name": str(name), "format": str(answer.get_nameid_format() or ""),
            "index": str(answer.get_session_index() or "")}  # fmt: skip
