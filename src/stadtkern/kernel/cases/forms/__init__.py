"""Form assistants as data: what a form asks, and what its rules say about answers."""
