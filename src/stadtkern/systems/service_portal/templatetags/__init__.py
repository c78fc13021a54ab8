"""The tag libraries of service_portal."""
