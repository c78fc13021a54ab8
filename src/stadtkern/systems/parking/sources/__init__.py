"""Car parks of other operators in ours: what they publish, read every few minutes."""
