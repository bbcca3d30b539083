"""Numbers from labels and predictions, in NumPy and scikit-learn."""
