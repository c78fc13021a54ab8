"""Bus, bike box, car park and charging point at one place, with what is free now."""
