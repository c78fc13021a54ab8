"""Staff pages: which values are in doubt, why, and the checks that say so."""
