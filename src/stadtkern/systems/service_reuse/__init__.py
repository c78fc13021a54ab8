"""Online services that others have built (EfA): found, weighed up, connected."""
