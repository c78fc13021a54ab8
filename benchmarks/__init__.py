"""Repeatable benchmarks of a whole city on this machine; they start and stop all they need."""
