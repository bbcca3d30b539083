"""One module for each data set: where its labels stand, and how they are read.

Each has a `read_labels` that returns a `LabelTable` (`tfrecords_tools.tables`), in which names are checked, whoever
made it; a line in `tfrecords_tools.catalogue` makes it known. No image is opened here.
"""
