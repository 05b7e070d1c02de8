"""The formulas behind what is promised. Pure functions, units in the names, each with its source."""
