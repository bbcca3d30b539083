"""Numbers from arrays: labels and probabilities, or embeddings, in; metrics out. NumPy, SciPy and scikit-learn alone.

Begin at `measures`, the table of all metrics of a classifier, which are functions of `answers` and weights; `bootstrap`
makes their intervals of the same functions. `neighbours`, `embedding_health` and `embedding_map` are of embeddings.
No files and no TensorFlow: what reads a run's tables is `conbal_tf.scores`.
"""
