"""What is wrong with a data set: facts of its images, checks of the facts, and what is told of the findings."""
