"""The API described in OpenAPI 3.1, made from the same tables that serve it."""
