"""Plays identity providers: a citizens' one (SAML, as the BundID), a companies' and a staff one."""
