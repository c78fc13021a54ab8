"""Adapters: how the city speaks to whoever vouches for people."""

from stadtkern.kernel.identity.providers.protocol import Adapter
from stadtkern.kernel.people.models import IdentityProvider


def adapter(provider: IdentityProvider) -> Adapter:
    """What speaks to this provider; loaded when it is needed, since both are heavy."""
    if provider.kind == "saml":
        from stadtkern.kernel.identity.providers.saml import Saml  # noqa: PLC0415

        return Saml(provider)
    from stadtkern.kernel.identity.providers.oidc import Oidc  # noqa: PLC0415

    return Oidc(provider)
