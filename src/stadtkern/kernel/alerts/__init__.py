"""Rules over what is measured, and the alerts they raise."""
