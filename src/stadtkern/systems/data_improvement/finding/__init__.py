"""What may be wrong with a table: plain JSON in, proposals out, in a process of its own."""
