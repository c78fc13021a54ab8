"""Observations summed up over intervals of time: `$aggregate` and `$interval`."""
