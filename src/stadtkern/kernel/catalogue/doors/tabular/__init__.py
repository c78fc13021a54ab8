"""The tabular API: rows with filters, order, pages and figures."""
