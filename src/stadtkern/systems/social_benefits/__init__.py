"""Which benefits may fit, and one application for all of them."""
