"""Pure loss functions, in keras.ops."""
