"""A trained classifier over the images of a run: predictions.csv, embeddings.npz, explanations.npz.

Begin at `predictions`; `explanations` makes what the page shows beside figures (map, mistakes, heat maps, neighbours).
In come a model and records under a protocol, out go files, of which `conbal_tf.scores` and `conbal_tf.reporting` make
all the rest, without TensorFlow.
"""
