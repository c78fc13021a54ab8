"""People: accounts, roles and the keys of programs."""
