"""Staff pages: messages decoded again."""
