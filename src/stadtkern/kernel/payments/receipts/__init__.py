"""Receipts: on the page, as a PDF, and by mail."""
