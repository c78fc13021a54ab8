"""From the text of a request to typed trees; knows no SQL."""
