"""Plays the delivery service of FIT-Connect, and the procedures of back offices behind it."""
