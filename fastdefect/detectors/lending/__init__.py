"""Results that borrow: their arrays lie in a plan's memory until its next call, or are copied out of it."""
