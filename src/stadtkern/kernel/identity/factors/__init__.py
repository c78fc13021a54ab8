"""More than a password: apps that show codes, codes on paper, passkeys."""
