"""Tags of parking's pages."""
