"""Measures that the city took, and what effect the data show: before and after, with controls."""
