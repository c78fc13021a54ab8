"""What the city wants of charge points: asked for, sent by who holds the line, and answered."""
