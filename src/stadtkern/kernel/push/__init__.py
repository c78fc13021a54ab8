"""Short messages to people's phones and browsers, by topic (RFC 8030, 8188, 8291, 8292)."""
