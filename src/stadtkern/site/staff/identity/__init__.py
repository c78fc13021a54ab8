"""Sign-in services: who vouches for people, and how much the city believes of it."""
