"""The rows of published tables: one relation for each version, in the schema `open`."""
