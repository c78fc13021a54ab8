"""The rules of play: pairings, brackets, standings, ages."""
