"""Time series for charts: the newest values, trends, and ranges thinned in the database."""
