"""Pure graph work on arrays: shortest, constrained and disjoint paths, segments, and who may have how much when."""
