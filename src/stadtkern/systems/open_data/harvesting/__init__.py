"""Staff harvest other catalogues."""
