"""Reads the files of statistics offices: wide or long, with titles, headers, footnotes, signs."""
