"""The served model: one graph from encoded image bytes to probabilities, for TF Serving.

`export` writes it. The graph decodes and resizes by the very code of conversion and evaluation
(`tfrecords_tools.pixels.images`), so that what is served is what was tested; a calibration may go in. Training is not
imported.
"""
