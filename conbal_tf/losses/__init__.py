"""Losses as pure functions in keras.ops, a value for each example or anchor; of replicas they know nothing.

Begin at `contrastive`, Eq. (1) of the paper, which stands on `pairs`; `balanced_contrastive` is its kin,
`classification` the family of cross-entropy. The mean over all replicas is taken in `conbal_tf.training`. TensorFlow
and other rooms are not imported.
"""
