"""How far the radio network reaches, as the devices' own messages show it: measured, no model."""
