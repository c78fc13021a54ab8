"""Plays another operator of car parks, who publishes them in the formats of the trade."""
