"""Rules, alerts, and who hears of them."""
