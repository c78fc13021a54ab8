"""Faults in public data found and repaired with help of models, each step decided by a person."""
