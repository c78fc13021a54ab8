"""Watching the fleet: frame counters, expected intervals, battery forecasts, history by day."""
