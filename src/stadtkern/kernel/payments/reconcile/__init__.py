"""Every day: our books, the providers' statements, and the bank's file must say the same."""
