"""Both services, unmodified, in a simulated world: one seed gives one history, again and again."""
