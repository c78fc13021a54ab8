"""For tests of our own and of outside systems: a database, fixtures, the contract test."""
