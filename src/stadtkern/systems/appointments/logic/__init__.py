"""What can be asked of appointments, and done about them."""
