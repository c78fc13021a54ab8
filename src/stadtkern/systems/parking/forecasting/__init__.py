"""Foresees free spaces: numbers in, numbers out; knows neither Django nor the database."""
