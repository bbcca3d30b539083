"""Networks in keras.layers: images to features, features to embeddings or logits.

Begin at `resnet` (backbones) and `heads` (what sits on one, and the classifier that a run saves); `canet` is a method's
own. All are made of Keras's own layers, so that a saved model needs none of ours, but for ImageNet's input.
TensorFlow, data and losses are not imported.
"""
