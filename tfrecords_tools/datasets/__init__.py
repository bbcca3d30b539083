"""One module for each data set: where its labels stand, and how they are read."""
