"""One module for each standard: neutral records in, bytes out."""
