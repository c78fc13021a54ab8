"""The catalogue of services: finding them, their true state, keeping them, exchanging them."""
