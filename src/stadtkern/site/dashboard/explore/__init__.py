"""Time series side by side: zoom, profiles, comparisons."""
