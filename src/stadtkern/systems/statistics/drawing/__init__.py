"""Charts and maps drawn by the server: they need no JavaScript, print, and can be read aloud."""
