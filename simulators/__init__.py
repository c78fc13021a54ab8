"""Programs that play the outside world. They import nothing of the platform."""
