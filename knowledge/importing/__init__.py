"""From a sheet somebody else made to typed rows: published lists at once, others once confirmed."""
