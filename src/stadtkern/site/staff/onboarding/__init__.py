"""Staff pages: onboarding."""
