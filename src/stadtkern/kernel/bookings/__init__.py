"""Whatever can be occupied: resources with calendars, slots, holds, bookings, waiting lists."""
